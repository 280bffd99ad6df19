# What happens in a shop and what is done about it, as one would write it for AWS: nothing here knows of Redoubt. AWS_ENDPOINT_URL
# leads to it.

terraform {
  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = "5.100.0"
    }
  }
}

provider "aws" {
  region = "us-east-1"

  default_tags {
    tags = { managed-by = "terraform" }
  }
}

variable "code" {
  description = "A zip archive with the functions' code: index.js with a handler."
  type        = string
}

variable "retention_days" {
  description = "How long logs are kept."
  type        = number
  default     = 14
}

variable "team" {
  description = "Who looks after all this; a tag of what can be tagged."
  type        = string
  default     = "blue"
}

data "aws_caller_identity" "this" {}

locals {
  account = data.aws_caller_identity.this.account_id
}

# One key for what waits in queues and topics, and for logs.

data "aws_iam_policy_document" "key" {
  statement {
    sid       = "Administration"
    actions   = ["kms:*"]
    resources = ["*"]

    principals {
      type        = "AWS"
      identifiers = ["arn:aws:iam::${local.account}:root"]
    }
  }

  statement {
    sid       = "Services"
    actions   = ["kms:Decrypt", "kms:GenerateDataKey*", "kms:Encrypt", "kms:DescribeKey"]
    resources = ["*"]

    principals {
      type        = "Service"
      identifiers = ["logs.us-east-1.amazonaws.com", "sns.amazonaws.com", "events.amazonaws.com"]
    }
  }
}

resource "aws_kms_key" "shop" {
  description             = "What the shop says"
  deletion_window_in_days = 7
  policy                  = data.aws_iam_policy_document.key.json
}
