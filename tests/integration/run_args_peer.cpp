// Prints the create request that `runArgs` become: path and query, a line break, the body.
// run_args_peer.py compares it with what docker's own client sends for the same words.

#include <fairlead/engine/create.hpp>
#include <fairlead/error.hpp>

#include <unistd.h>

#include <cstdio>
#include <filesystem>

extern char** environ;

int main(int argc, char** argv) {
  fairlead::CreateRequest request;
  request.image = "busybox";
  request.run_args.assign(argv + 1, argv + argc);
  fairlead::engine::ClientSide client{
      {}, std::filesystem::current_path().string(), fairlead::engine::read_client_file};
  for (char** entry = environ; *entry != nullptr; ++entry) {
    const std::string text = *entry;
    client.environment[text.substr(0, text.find('='))] = text.substr(text.find('=') + 1);
  }
  try {
    const auto body = fairlead::engine::create_body(request, client);
    std::printf("%s\n%s\n", body.target.c_str(), body.json.c_str());
    return 0;
  } catch (const fairlead::Error& error) {
    std::fprintf(stderr, "%s\n", error.text().c_str());
    return 1;
  }
}
