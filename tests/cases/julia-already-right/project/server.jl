using HTTP
HTTP.serve(_ -> HTTP.Response("ok"), "0.0.0.0", 8080)
