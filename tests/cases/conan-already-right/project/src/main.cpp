#include <spdlog/spdlog.h>
int main() { spdlog::info("up"); }
