let () = print_endline "two"
