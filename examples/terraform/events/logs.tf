# What functions and the trail say, what is counted in it, and who reads it as it comes.

resource "aws_cloudwatch_log_group" "shop" {
  name              = "/shop/web"
  retention_in_days = var.retention_days
  kms_key_id        = aws_kms_key.shop.arn
  tags              = { team = var.team }
}

resource "aws_cloudwatch_log_stream" "shop" {
  name           = "host-1"
  log_group_name = aws_cloudwatch_log_group.shop.name
}

resource "aws_cloudwatch_log_group" "functions" {
  name              = "/aws/lambda/watch"
  retention_in_days = var.retention_days
}

resource "aws_cloudwatch_log_group" "trail" {
  name = "/shop/trail"
}

resource "aws_cloudwatch_log_group" "events" {
  name = "/aws/events/shop"
}

resource "aws_cloudwatch_log_metric_filter" "errors" {
  name           = "errors"
  log_group_name = aws_cloudwatch_log_group.shop.name
  pattern        = "{ $.level = \"error\" }"

  metric_transformation {
    name          = "Errors"
    namespace     = "Shop"
    value         = "1"
    default_value = "0"
  }
}

resource "aws_cloudwatch_log_subscription_filter" "errors" {
  name            = "errors"
  log_group_name  = aws_cloudwatch_log_group.shop.name
  filter_pattern  = "{ $.level = \"error\" }"
  destination_arn = aws_lambda_function.watch.arn
  depends_on      = [aws_lambda_permission.logs]
}

data "aws_iam_policy_document" "events_log" {
  statement {
    actions   = ["logs:CreateLogStream", "logs:PutLogEvents"]
    resources = ["${aws_cloudwatch_log_group.events.arn}:*"]

    principals {
      type        = "Service"
      identifiers = ["events.amazonaws.com", "delivery.logs.amazonaws.com"]
    }
  }
}

resource "aws_cloudwatch_log_resource_policy" "events" {
  policy_name     = "events"
  policy_document = data.aws_iam_policy_document.events_log.json
}

resource "aws_cloudwatch_query_definition" "errors" {
  name            = "shop/errors"
  log_group_names = [aws_cloudwatch_log_group.shop.name]
  query_string    = <<-EOT
    fields @timestamp, @message
    | filter level = "error"
    | sort @timestamp desc
    | limit 20
  EOT
}
