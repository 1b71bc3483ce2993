// Reads a folder's configuration, brings its dev container up and runs a command in it, in C++.
#include <fairlead/embed.hpp>

#include <filesystem>
#include <iostream>
#include <string>

namespace {

/// A real program would use its JSON library; these paths have nothing to escape.
std::string object(const std::string& name, const std::string& value,
                   const std::string& more = {}) {
  return "{\"" + name + "\":\"" + value + "\"" + more + "}";
}

bool ask(fairlead::embed::Engine& engine, const std::string& method, const std::string& params) {
  const auto answer = engine.call(method, params);
  const bool good = answer.find("\"error\":{") == std::string::npos;
  (good ? std::cout : std::cerr) << method << ": " << answer << '\n';
  return good;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) {
    std::cerr << "usage: " << argv[0] << " FOLDER\n";
    return 2;
  }
  const auto folder = std::filesystem::canonical(argv[1]).string();
  fairlead::embed::Engine engine(
      [](std::string_view message) { std::cerr << message.substr(0, 120) << '\n'; });
  const auto workspace = object("workspaceFolder", folder);
  const auto command = object("workspaceFolder", folder, R"(,"cmd":["sh","-c","echo hello"])");
  const bool good = ask(engine, "initialize", object("workingDirectory", folder)) &&
                    ask(engine, "read-configuration", workspace) && ask(engine, "up", workspace) &&
                    ask(engine, "exec", command);
  return good ? 0 : 1;
}
