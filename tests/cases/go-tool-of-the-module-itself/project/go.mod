module github.com/me/a

go 1.22
