import { format } from "@std/datetime";

console.log(format(new Date(), "HH:mm"));
