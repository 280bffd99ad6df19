data "aws_caller_identity" "current" {}

data "aws_iam_policy_document" "read_users" {
  statement {
    actions   = ["iam:GetUser", "iam:ListUsers"]
    resources = ["*"]
  }
}

resource "aws_iam_policy" "read_users" {
  name        = "read-users"
  path        = "/teams/"
  description = "See who there is"
  policy      = data.aws_iam_policy_document.read_users.json
  tags        = { team = var.team }
}

data "aws_iam_policy_document" "trust_account" {
  statement {
    actions = ["sts:AssumeRole"]
    principals {
      type        = "AWS"
      identifiers = ["arn:aws:iam::${data.aws_caller_identity.current.account_id}:root"]
    }
    condition {
      test     = "StringEquals"
      variable = "aws:PrincipalTag/team"
      values   = [var.team]
    }
  }
}

resource "aws_iam_role" "deploy" {
  name                 = "deploy"
  description          = "Assumed by the team"
  assume_role_policy   = data.aws_iam_policy_document.trust_account.json
  max_session_duration = var.session_hours * 3600
  permissions_boundary = aws_iam_policy.read_users.arn
  tags                 = { team = var.team }
}

resource "aws_iam_role_policy" "deploy" {
  name = "everything-within-the-boundary"
  role = aws_iam_role.deploy.id
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "iam:*", Resource = "*" }]
  })
}

resource "aws_iam_role" "server" {
  name = "server"
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { Service = "ec2.amazonaws.com" }
    }]
  })
}

resource "aws_iam_role_policy_attachment" "server" {
  role       = aws_iam_role.server.name
  policy_arn = aws_iam_policy.read_users.arn
}

resource "aws_iam_instance_profile" "server" {
  name = "server"
  role = aws_iam_role.server.name
}
