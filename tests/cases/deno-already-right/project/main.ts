import "@oak/oak";
