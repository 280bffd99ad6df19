# A function that others start, and all that belongs to it.

data "aws_iam_policy_document" "function_assume" {
  statement {
    actions = ["sts:AssumeRole"]

    principals {
      type        = "Service"
      identifiers = ["lambda.amazonaws.com"]
    }
  }
}

resource "aws_iam_role" "function" {
  name               = "function"
  assume_role_policy = data.aws_iam_policy_document.function_assume.json
}

resource "aws_iam_role_policy_attachment" "logs" {
  role       = aws_iam_role.function.name
  policy_arn = "arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole"
}

resource "aws_iam_role_policy_attachment" "queues" {
  role       = aws_iam_role.function.name
  policy_arn = "arn:aws:iam::aws:policy/service-role/AWSLambdaSQSQueueExecutionRole"
}

resource "aws_iam_role_policy" "dead" {
  role = aws_iam_role.function.name
  name = "dead"

  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "sqs:SendMessage", Resource = aws_sqs_queue.dead.arn }]
  })
}

resource "aws_lambda_layer_version" "shared" {
  layer_name          = "shared"
  description         = "What functions share"
  filename            = var.code
  source_code_hash    = filebase64sha256(var.code)
  compatible_runtimes = ["nodejs22.x", "nodejs20.x"]
  license_info        = "Apache-2.0"
}

resource "aws_lambda_function" "watch" {
  function_name    = "watch"
  description      = "Looks at what is sold"
  role             = aws_iam_role.function.arn
  runtime          = "nodejs22.x"
  handler          = "index.handler"
  filename         = var.code
  source_code_hash = filebase64sha256(var.code)
  timeout          = 20
  memory_size      = 256
  publish          = true
  layers           = [aws_lambda_layer_version.shared.arn]
  tags             = { team = var.team }

  reserved_concurrent_executions = 5

  environment {
    variables = { TEAM = var.team }
  }

  dead_letter_config {
    target_arn = aws_sqs_queue.dead.arn
  }

  logging_config {
    log_format = "Text"
    log_group  = aws_cloudwatch_log_group.functions.name
  }

  ephemeral_storage {
    size = 512
  }

  tracing_config {
    mode = "PassThrough"
  }

  depends_on = [aws_iam_role_policy.dead]
}

resource "aws_lambda_alias" "live" {
  name             = "live"
  description      = "What is asked"
  function_name    = aws_lambda_function.watch.function_name
  function_version = aws_lambda_function.watch.version
}

resource "aws_lambda_permission" "topic" {
  statement_id  = "topic"
  function_name = aws_lambda_function.watch.function_name
  action        = "lambda:InvokeFunction"
  principal     = "sns.amazonaws.com"
  source_arn    = aws_sns_topic.orders.arn
}

resource "aws_lambda_permission" "rule" {
  statement_id  = "rule"
  function_name = aws_lambda_function.watch.function_name
  action        = "lambda:InvokeFunction"
  principal     = "events.amazonaws.com"
  source_arn    = aws_cloudwatch_event_rule.sold.arn
}

resource "aws_lambda_permission" "logs" {
  statement_id   = "logs"
  function_name  = aws_lambda_function.watch.function_name
  action         = "lambda:InvokeFunction"
  principal      = "logs.amazonaws.com"
  source_account = local.account
  source_arn     = "${aws_cloudwatch_log_group.shop.arn}:*"
}

resource "aws_lambda_permission" "url" {
  statement_id           = "url"
  function_name          = aws_lambda_function.watch.function_name
  qualifier              = aws_lambda_alias.live.name
  action                 = "lambda:InvokeFunctionUrl"
  principal              = "*"
  function_url_auth_type = "NONE"
}

resource "aws_lambda_permission" "url_function" {
  statement_id  = "url-function"
  function_name = aws_lambda_function.watch.function_name
  qualifier     = aws_lambda_alias.live.name
  action        = "lambda:InvokeFunction"
  principal     = "*"
}

resource "aws_lambda_function_url" "live" {
  function_name      = aws_lambda_function.watch.function_name
  qualifier          = aws_lambda_alias.live.name
  authorization_type = "NONE"

  cors {
    allow_origins = ["https://shop.example"]
    allow_methods = ["GET", "POST"]
    max_age       = 300
  }
}

resource "aws_lambda_function_event_invoke_config" "watch" {
  function_name                = aws_lambda_function.watch.function_name
  maximum_event_age_in_seconds = 600
  maximum_retry_attempts       = 1

  destination_config {
    on_failure {
      destination = aws_sqs_queue.dead.arn
    }
  }

  depends_on = [aws_iam_role_policy.dead]
}

resource "aws_lambda_event_source_mapping" "orders" {
  event_source_arn                   = aws_sqs_queue.orders.arn
  function_name                      = aws_lambda_alias.live.arn
  batch_size                         = 20
  maximum_batching_window_in_seconds = 1
  function_response_types            = ["ReportBatchItemFailures"]

  scaling_config {
    maximum_concurrency = 4
  }

  filter_criteria {
    filter {
      pattern = jsonencode({ body = { price = [{ numeric = [">", 0] }] } })
    }
  }

  depends_on = [aws_iam_role_policy_attachment.queues]
}

output "url" {
  value = aws_lambda_function_url.live.function_url
}
