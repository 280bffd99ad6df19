# A team's keys, as one would write them for AWS: nothing here knows of Redoubt. AWS_ENDPOINT_URL leads to it.

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
  description = "Whose keys these are; a tag of all of them."
  type        = string
  default     = "blue"
}

variable "rotation_days" {
  description = "How often the key that encrypts gets new material."
  type        = number
  default     = 365
}

data "aws_caller_identity" "this" {}
