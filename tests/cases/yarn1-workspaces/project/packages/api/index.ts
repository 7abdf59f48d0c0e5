import { name } from "shared";
