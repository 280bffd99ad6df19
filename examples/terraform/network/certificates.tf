resource "aws_acm_certificate" "shop" {
  certificate_body = var.certificate
  private_key      = var.private_key
  tags             = { team = var.team }
}

resource "aws_iam_server_certificate" "shop" {
  name             = "shop"
  path             = "/shop/"
  certificate_body = var.certificate
  private_key      = var.private_key
  tags             = { team = var.team }
}

output "certificate_arn" {
  value = aws_acm_certificate.shop.arn
}

output "server_certificate_arn" {
  value = aws_iam_server_certificate.shop.arn
}
