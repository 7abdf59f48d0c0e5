let () = print_int Digits.two
