data "aws_availability_zones" "available" {
  state = "available"
}

data "aws_vpc" "default" {
  default = true
}

data "aws_subnets" "default" {
  filter {
    name   = "vpc-id"
    values = [data.aws_vpc.default.id]
  }
}

data "aws_security_group" "default" {
  vpc_id = data.aws_vpc.default.id
  name   = "default"
}

resource "aws_vpc" "shop" {
  cidr_block           = "10.20.0.0/16"
  enable_dns_hostnames = true
  tags                 = { team = var.team }
}

resource "aws_subnet" "shop" {
  count = 2

  vpc_id                  = aws_vpc.shop.id
  cidr_block              = cidrsubnet(aws_vpc.shop.cidr_block, 8, count.index)
  availability_zone       = data.aws_availability_zones.available.names[count.index]
  map_public_ip_on_launch = true
  tags                    = { team = var.team }
}

output "default_subnets" {
  value = length(data.aws_subnets.default.ids)
}

output "default_vpc" {
  value = data.aws_vpc.default.cidr_block
}

output "subnet_zones" {
  value = join(",", aws_subnet.shop[*].availability_zone)
}
