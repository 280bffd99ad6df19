# A team's identities, as one would write them for AWS: nothing here knows of Redoubt. AWS_ENDPOINT_URL leads to it.

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

variable "team" {
  description = "Whose identities these are; a tag of all of them."
  type        = string
  default     = "blue"
}

variable "session_hours" {
  description = "How long a session of the deploy role may last."
  type        = number
  default     = 1
}

resource "aws_iam_account_alias" "this" {
  account_alias = "redoubt-example"
}

resource "aws_iam_account_password_policy" "this" {
  minimum_password_length        = 14
  require_lowercase_characters   = true
  require_uppercase_characters   = true
  require_numbers                = true
  require_symbols                = false
  allow_users_to_change_password = true
  max_password_age               = 90
  password_reuse_prevention      = 5
}
