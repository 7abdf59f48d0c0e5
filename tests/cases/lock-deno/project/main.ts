import "@std/fmt/colors";
