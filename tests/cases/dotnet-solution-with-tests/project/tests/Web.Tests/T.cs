namespace T;
