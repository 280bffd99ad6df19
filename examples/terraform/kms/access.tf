# Who may use the key: administrators through their own policies, the application by the key policy alone, for its own purpose.

resource "aws_iam_user" "application" {
  name = "application"
}

resource "aws_iam_access_key" "application" {
  user = aws_iam_user.application.name
}

data "aws_iam_policy_document" "secrets" {
  statement {
    sid       = "Administration"
    actions   = ["kms:*"]
    resources = ["*"]

    principals {
      type        = "AWS"
      identifiers = ["arn:aws:iam::${data.aws_caller_identity.this.account_id}:root"]
    }
  }

  statement {
    sid       = "Application"
    actions   = ["kms:Decrypt", "kms:GenerateDataKey"]
    resources = ["*"]

    principals {
      type        = "AWS"
      identifiers = [aws_iam_user.application.arn]
    }

    condition {
      test     = "StringEquals"
      variable = "kms:EncryptionContext:purpose"
      values   = ["configuration"]
    }
  }
}

resource "aws_kms_key_policy" "secrets" {
  key_id = aws_kms_key.secrets.id
  policy = data.aws_iam_policy_document.secrets.json
}

output "application_access_key_id" {
  value = aws_iam_access_key.application.id
}

output "application_secret_access_key" {
  value     = aws_iam_access_key.application.secret
  sensitive = true
}

# What the application starts for itself gets a grant, which allows less and can be taken back alone.

resource "aws_iam_role" "worker" {
  name = "worker"
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { AWS = aws_iam_user.application.arn }
    }]
  })
}

resource "aws_kms_grant" "worker" {
  name              = "worker"
  key_id            = aws_kms_key.secrets.key_id
  grantee_principal = aws_iam_role.worker.arn
  operations        = ["Decrypt"]

  constraints {
    encryption_context_equals = local.context
  }
}

output "worker_role_arn" {
  value = aws_iam_role.worker.arn
}
