// hello [NAME]          prints a greeting
// hello --serve [PORT]  answers HTTP requests with it, on port 8080 unless told
#include "greeting.hpp"
#include "server.hpp"

#include <exception>
#include <iostream>
#include <string>

int main(int argc, char** argv) try {
  const std::string first = argc > 1 ? argv[1] : "";
  if (first != "--serve") {
    std::cout << greeting(first) << '\n';
    return 0;
  }
  const int port = argc > 2 ? std::stoi(argv[2]) : 8080;
  std::cout << "http://localhost:" << port << '\n' << std::flush;
  serve(static_cast<unsigned short>(port));
} catch (const std::exception& error) {
  std::cerr << "hello: " << error.what() << '\n';
  return 1;
}
