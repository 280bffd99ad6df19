# Where a load balancer stands: the default VPC that every account has, a VPC of its own beside it, security groups, certificates.
#
#   export AWS_ENDPOINT_URL=http://127.0.0.1:4566   (what `redoubt serve` prints, with the credentials)
#   terraform init
#   terraform apply -var-file=certificate.tfvars.json

terraform {
  required_version = ">= 1.5"

  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = "5.100.0"
    }
  }
}

provider "aws" {
  region = "us-east-1"
}

variable "team" {
  type    = string
  default = "blue"
}

variable "office" {
  description = "The addresses that may reach the administration."
  type        = string
  default     = "192.0.2.0/24"
}

variable "certificate" {
  description = "PEM, signed by itself."
  type        = string
}

variable "private_key" {
  type      = string
  sensitive = true
}
