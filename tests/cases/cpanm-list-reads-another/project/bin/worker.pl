use Worker;
Worker->run;
