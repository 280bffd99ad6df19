resource "aws_iam_group" "developers" {
  name = "developers"
  path = "/teams/"
}

resource "aws_iam_group_policy_attachment" "developers" {
  group      = aws_iam_group.developers.name
  policy_arn = aws_iam_policy.read_users.arn
}

resource "aws_iam_group_policy" "developers" {
  name  = "own-keys"
  group = aws_iam_group.developers.name
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect   = "Allow"
      Action   = ["iam:ListAccessKeys"]
      Resource = "arn:aws:iam::*:user/people/$${aws:username}"
    }]
  })
}

resource "aws_iam_user" "people" {
  for_each = toset(["alice", "bob"])
  name     = each.key
  path     = "/people/"
  tags     = { team = var.team }
}

resource "aws_iam_group_membership" "developers" {
  name  = "developers"
  group = aws_iam_group.developers.name
  users = [for user in aws_iam_user.people : user.name]
}

resource "aws_iam_user_policy" "alice" {
  name = "no-bob"
  user = aws_iam_user.people["alice"].name
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect   = "Deny"
      Action   = "iam:GetUser"
      Resource = aws_iam_user.people["bob"].arn
    }]
  })
}

resource "aws_iam_user_policy_attachment" "bob" {
  user       = aws_iam_user.people["bob"].name
  policy_arn = "arn:aws:iam::aws:policy/ReadOnlyAccess"
}

resource "aws_iam_access_key" "alice" {
  user = aws_iam_user.people["alice"].name
}

output "alice_access_key_id" {
  value = aws_iam_access_key.alice.id
}

output "alice_secret_access_key" {
  value     = aws_iam_access_key.alice.secret
  sensitive = true
}
