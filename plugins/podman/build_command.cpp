#include "build_command.hpp"

#include <fairlead/engine/text.hpp>

namespace fairlead::podman {
namespace {

using Words = std::vector<std::string>;

void add(Words& words, const char* flag, const std::string& value) {
  if (!value.empty()) words.insert(words.end(), {flag, value});
}

template <class Pairs>
void add_pairs(Words& words, const char* flag, const Pairs& pairs) {
  for (const auto& [name, value] : pairs) add(words, flag, name + '=' + value);
}

bool is_list(const std::string& platform) { return platform.find(',') != std::string::npos; }

void add_names(Words& words, const BuildImageRequest& request) {
  // A list of images has one name; the images in it have none.
  const char* flag = is_list(request.platform) ? "--manifest" : "-t";
  for (const auto& tag : request.tags) add(words, flag, engine::whole_name(tag));
}

}  // namespace

bool needs_command(const BuildImageRequest& request) {
  return !request.contexts.empty() || !request.options.empty() || !request.output.empty() ||
         !request.cache_to.empty() || request.push || is_list(request.platform);
}

Words build_command(Words words, const BuildImageRequest& request) {
  words.emplace_back("build");
  add(words, "--platform", request.platform);
  add(words, "--output", request.output);
  add(words, "--cache-to", request.cache_to);
  add(words, "-f", request.dockerfile);
  add_names(words, request);
  add(words, "--target", request.target);
  if (request.no_cache) {
    words.emplace_back("--no-cache");
  } else {
    for (const auto& name : request.cache_from) add(words, "--cache-from", name);
  }
  if (request.pull) words.emplace_back("--pull");
  add_pairs(words, "--build-arg", request.args);
  add_pairs(words, "--build-context", request.contexts);
  add_pairs(words, "--label", request.labels);
  words.insert(words.end(), request.options.begin(), request.options.end());
  words.push_back(request.context);
  return words;
}

std::vector<Words> push_commands(const Words& podman, const BuildImageRequest& request) {
  std::vector<Words> commands;
  for (const auto& tag : request.tags) {
    const auto name = engine::whole_name(tag);
    auto words = podman;
    if (is_list(request.platform)) {
      words.insert(words.end(), {"manifest", "push", "--all", name, "docker://" + name});
    } else {
      words.insert(words.end(), {"push", name});
    }
    commands.push_back(std::move(words));
  }
  return commands;
}

}  // namespace fairlead::podman
