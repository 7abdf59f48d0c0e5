module github.com/me/b
