package internal

import _ "golang.org/x/text/language"
