# What connects to the load balancers of the VPC: everything to a bucket, what was turned away to a log group besides.

resource "aws_flow_log" "all" {
  vpc_id                   = aws_vpc.shop.id
  traffic_type             = "ALL"
  log_destination_type     = "s3"
  log_destination          = "arn:aws:s3:::shop-flows/network"
  log_format               = "$${version} $${vpc-id} $${subnet-id} $${srcaddr} $${dstaddr} $${dstport} $${bytes} $${start} $${end} $${action}"
  max_aggregation_interval = 60
  tags                     = { team = var.team }

  destination_options {
    file_format        = "plain-text"
    per_hour_partition = true
  }
}

resource "aws_flow_log" "refused" {
  vpc_id          = aws_vpc.shop.id
  traffic_type    = "REJECT"
  log_destination = aws_cloudwatch_log_group.refused.arn
  iam_role_arn    = aws_iam_role.flow_logs.arn
  tags            = { team = var.team }
}

resource "aws_cloudwatch_log_group" "refused" {
  name = "shop/refused"
}

resource "aws_iam_role" "flow_logs" {
  name = "shop-flow-logs"

  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { Service = "vpc-flow-logs.amazonaws.com" }
    }]
  })
}

resource "aws_iam_role_policy" "flow_logs" {
  name = "write"
  role = aws_iam_role.flow_logs.id

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect   = "Allow"
      Action   = ["logs:CreateLogStream", "logs:PutLogEvents"]
      Resource = "${aws_cloudwatch_log_group.refused.arn}:*"
    }]
  })
}
