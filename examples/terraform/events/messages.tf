# Queues with their dead letters, and topics that fill them.

resource "aws_sqs_queue" "dead" {
  name                      = "orders-dead"
  message_retention_seconds = 1209600

  redrive_allow_policy = jsonencode({
    redrivePermission = "byQueue"
    sourceQueueArns   = ["arn:aws:sqs:us-east-1:${local.account}:orders"]
  })
}

resource "aws_sqs_queue" "orders" {
  name                       = "orders"
  visibility_timeout_seconds = 60
  receive_wait_time_seconds  = 10
  delay_seconds              = 0
  max_message_size           = 65536
  tags                       = { team = var.team }

  redrive_policy = jsonencode({
    deadLetterTargetArn = aws_sqs_queue.dead.arn
    maxReceiveCount     = 3
  })

  policy = data.aws_iam_policy_document.orders_queue.json
}

resource "aws_sqs_queue" "payments" {
  name                        = "payments.fifo"
  fifo_queue                  = true
  content_based_deduplication = true
  deduplication_scope         = "messageGroup"
  fifo_throughput_limit       = "perMessageGroupId"

  policy = data.aws_iam_policy_document.payments_queue.json
}

resource "aws_sqs_queue" "secrets" {
  name                              = "secrets"
  kms_master_key_id                 = aws_kms_key.shop.arn
  kms_data_key_reuse_period_seconds = 300
}

resource "aws_sns_topic" "orders" {
  name         = "orders"
  display_name = "Orders"
  tags         = { team = var.team }
}

resource "aws_sns_topic" "payments" {
  name                        = "payments.fifo"
  fifo_topic                  = true
  content_based_deduplication = true
}

resource "aws_sns_topic" "secrets" {
  name              = "secrets"
  kms_master_key_id = aws_kms_key.shop.arn
}

data "aws_iam_policy_document" "orders_topic" {
  statement {
    actions   = ["sns:Publish"]
    resources = [aws_sns_topic.orders.arn]

    principals {
      type        = "Service"
      identifiers = ["events.amazonaws.com"]
    }
  }
}

resource "aws_sns_topic_policy" "orders" {
  arn    = aws_sns_topic.orders.arn
  policy = data.aws_iam_policy_document.orders_topic.json
}

data "aws_iam_policy_document" "orders_queue" {
  statement {
    sid       = "Topic"
    actions   = ["sqs:SendMessage"]
    resources = ["arn:aws:sqs:us-east-1:${local.account}:orders"]

    principals {
      type        = "Service"
      identifiers = ["sns.amazonaws.com", "events.amazonaws.com"]
    }

    condition {
      test     = "ArnEquals"
      variable = "aws:SourceArn"
      values   = [aws_sns_topic.orders.arn, aws_cloudwatch_event_rule.sold.arn]
    }
  }
}

data "aws_iam_policy_document" "payments_queue" {
  statement {
    actions   = ["sqs:SendMessage"]
    resources = ["arn:aws:sqs:us-east-1:${local.account}:payments.fifo"]

    principals {
      type        = "Service"
      identifiers = ["events.amazonaws.com"]
    }
  }
}

resource "aws_sns_topic_subscription" "dear" {
  topic_arn            = aws_sns_topic.orders.arn
  protocol             = "sqs"
  endpoint             = aws_sqs_queue.orders.arn
  raw_message_delivery = true
  filter_policy_scope  = "MessageBody"
  filter_policy        = jsonencode({ price = [{ numeric = [">=", 100] }] })

  redrive_policy = jsonencode({ deadLetterTargetArn = aws_sqs_queue.dead.arn })
}

resource "aws_sns_topic_subscription" "watch" {
  topic_arn = aws_sns_topic.orders.arn
  protocol  = "lambda"
  endpoint  = aws_lambda_function.watch.arn
}

output "orders_queue" {
  value = aws_sqs_queue.orders.url
}

output "orders_topic" {
  value = aws_sns_topic.orders.arn
}
