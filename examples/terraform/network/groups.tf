# Rules of their own, and rules within a group: both ways of the provider.

resource "aws_security_group" "web" {
  name        = "web"
  description = "Whoever visits the shop"
  vpc_id      = aws_vpc.shop.id
  tags        = { team = var.team }
}

resource "aws_vpc_security_group_ingress_rule" "https" {
  security_group_id = aws_security_group.web.id
  description       = "Visitors"
  ip_protocol       = "tcp"
  from_port         = 443
  to_port           = 443
  cidr_ipv4         = "0.0.0.0/0"
  tags              = { team = var.team }
}

resource "aws_vpc_security_group_ingress_rule" "https_ipv6" {
  security_group_id = aws_security_group.web.id
  ip_protocol       = "tcp"
  from_port         = 443
  to_port           = 443
  cidr_ipv6         = "::/0"
}

resource "aws_vpc_security_group_ingress_rule" "office" {
  security_group_id = aws_security_group.web.id
  ip_protocol       = "-1"
  cidr_ipv4         = var.office
}

resource "aws_vpc_security_group_egress_rule" "all" {
  security_group_id = aws_security_group.web.id
  ip_protocol       = "-1"
  cidr_ipv4         = "0.0.0.0/0"
}

resource "aws_security_group" "administration" {
  name        = "administration"
  description = "Whoever runs the shop"
  vpc_id      = data.aws_vpc.default.id

  ingress {
    description = "The office"
    protocol    = "tcp"
    from_port   = 8443
    to_port     = 8444
    cidr_blocks = [var.office]
  }

  ingress {
    protocol  = "udp"
    from_port = 0
    to_port   = 65535
    self      = true
  }

  egress {
    protocol         = "-1"
    from_port        = 0
    to_port          = 0
    cidr_blocks      = ["0.0.0.0/0"]
    ipv6_cidr_blocks = ["::/0"]
  }
}

output "web_group" {
  value = aws_security_group.web.id
}
