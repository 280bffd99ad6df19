# A bus of the shop's own, what is found on it and where that goes.

resource "aws_cloudwatch_event_bus" "shop" {
  name = "shop"
  tags = { team = var.team }
}

data "aws_iam_policy_document" "bus" {
  statement {
    sid       = "Partner"
    actions   = ["events:PutEvents"]
    resources = [aws_cloudwatch_event_bus.shop.arn]

    principals {
      type        = "AWS"
      identifiers = ["123456789012"]
    }
  }
}

resource "aws_cloudwatch_event_bus_policy" "shop" {
  event_bus_name = aws_cloudwatch_event_bus.shop.name
  policy         = data.aws_iam_policy_document.bus.json
}

resource "aws_cloudwatch_event_permission" "warehouse" {
  principal    = "210987654321"
  statement_id = "Warehouse"
}

resource "aws_cloudwatch_event_rule" "sold" {
  name           = "sold"
  description    = "Something was sold, of team ${var.team}"
  event_bus_name = aws_cloudwatch_event_bus.shop.name

  event_pattern = jsonencode({
    source      = ["shop"]
    detail-type = ["sold"]
    detail      = { price = [{ numeric = [">", 0] }], item = [{ prefix = "tea" }, { exists = false }] }
  })
}

resource "aws_cloudwatch_event_rule" "nightly" {
  name                = "nightly"
  schedule_expression = "cron(0 3 * * ? *)"
  state               = "DISABLED"
}

resource "aws_cloudwatch_event_target" "queue" {
  rule           = aws_cloudwatch_event_rule.sold.name
  event_bus_name = aws_cloudwatch_event_bus.shop.name
  target_id      = "queue"
  arn            = aws_sqs_queue.orders.arn

  input_transformer {
    input_paths = {
      item  = "$.detail.item"
      price = "$.detail.price"
    }
    input_template = "{\"what\": <item>, \"for\": <price>}"
  }

  retry_policy {
    maximum_event_age_in_seconds = 3600
    maximum_retry_attempts       = 5
  }

  dead_letter_config {
    arn = aws_sqs_queue.dead.arn
  }
}

resource "aws_cloudwatch_event_target" "watch" {
  rule           = aws_cloudwatch_event_rule.sold.name
  event_bus_name = aws_cloudwatch_event_bus.shop.name
  target_id      = "watch"
  arn            = aws_lambda_function.watch.arn
  input_path     = "$.detail"
}

resource "aws_cloudwatch_event_target" "log" {
  rule           = aws_cloudwatch_event_rule.sold.name
  event_bus_name = aws_cloudwatch_event_bus.shop.name
  target_id      = "log"
  arn            = aws_cloudwatch_log_group.events.arn
}

resource "aws_cloudwatch_event_target" "nightly" {
  rule      = aws_cloudwatch_event_rule.nightly.name
  target_id = "payments"
  arn       = aws_sqs_queue.payments.arn
  input     = jsonencode({ close = true })

  sqs_target {
    message_group_id = "books"
  }
}

resource "aws_cloudwatch_event_archive" "shop" {
  name             = "shop"
  description      = "What was sold"
  event_source_arn = aws_cloudwatch_event_bus.shop.arn
  retention_days   = 30
  event_pattern    = jsonencode({ source = ["shop"] })
}

resource "aws_cloudwatch_event_connection" "ledger" {
  name               = "ledger"
  authorization_type = "API_KEY"

  auth_parameters {
    api_key {
      key   = "x-api-key"
      value = "not a secret"
    }

    invocation_http_parameters {
      header {
        key   = "x-shop"
        value = "one"
      }
    }
  }
}

resource "aws_cloudwatch_event_api_destination" "ledger" {
  name                             = "ledger"
  invocation_endpoint              = "https://ledger.example/orders/*"
  http_method                      = "POST"
  invocation_rate_limit_per_second = 20
  connection_arn                   = aws_cloudwatch_event_connection.ledger.arn
}

data "aws_iam_policy_document" "events_assume" {
  statement {
    actions = ["sts:AssumeRole"]

    principals {
      type        = "Service"
      identifiers = ["events.amazonaws.com"]
    }
  }
}

resource "aws_iam_role" "ledger" {
  name               = "ledger"
  assume_role_policy = data.aws_iam_policy_document.events_assume.json
}

resource "aws_iam_role_policy" "ledger" {
  role = aws_iam_role.ledger.name
  name = "call"

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect   = "Allow"
      Action   = "events:InvokeApiDestination"
      Resource = aws_cloudwatch_event_api_destination.ledger.arn
    }]
  })
}

resource "aws_cloudwatch_event_target" "ledger" {
  rule           = aws_cloudwatch_event_rule.sold.name
  event_bus_name = aws_cloudwatch_event_bus.shop.name
  target_id      = "ledger"
  arn            = aws_cloudwatch_event_api_destination.ledger.arn
  role_arn       = aws_iam_role.ledger.arn

  http_target {
    path_parameter_values   = ["tea"]
    query_string_parameters = { from = "shop" }
    header_parameters       = { x-kind = "sold" }
  }
}
