let () = Lwt_main.run (Lwt.return ())
