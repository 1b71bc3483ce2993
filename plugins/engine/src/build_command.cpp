#include "json.hpp"

#include <fairlead/engine/build.hpp>
#include <fairlead/error.hpp>

#include <charconv>

namespace fairlead::engine {
namespace {

using Words = std::vector<std::string>;

void add(Words& words, const char* flag, const std::string& value) {
  if (value.empty()) return;
  words.emplace_back(flag);
  words.push_back(value);
}

void add_all(Words& words, const char* flag, const std::vector<std::string>& values) {
  for (const auto& value : values) add(words, flag, value);
}

void add_pairs(Words& words, const char* flag, const std::map<std::string, std::string>& pairs) {
  for (const auto& [name, value] : pairs) add(words, flag, name + "=" + value);
}

/// What both command lines share, from the file on.
void add_build(Words& words, const BuildImageRequest& request) {
  add(words, "-f", request.dockerfile);
  add_all(words, "-t", request.tags);
  add(words, "--target", request.target);
  if (request.no_cache) {
    words.emplace_back("--no-cache");
  } else {
    add_all(words, "--cache-from", request.cache_from);
  }
  if (request.pull) words.emplace_back("--pull");
  add_pairs(words, "--build-arg", request.args);
  add_pairs(words, "--build-context", request.contexts);
  add_pairs(words, "--label", request.labels);
  words.insert(words.end(), request.options.begin(), request.options.end());
  words.push_back(request.context);
}

bool is_inline(std::string_view cache_to) {
  return cache_to.find("type=inline") != std::string_view::npos;
}

}  // namespace

std::vector<std::string> buildx_command(const std::string& docker,
                                        const BuildImageRequest& request) {
  Words words{docker, "buildx", "build", "--progress=plain"};
  add(words, "--platform", request.platform);
  if (request.push) {
    words.emplace_back("--push");
  } else if (!request.output.empty()) {
    add(words, "--output", request.output);
  } else {
    words.emplace_back("--load");
  }
  add(words, "--cache-to", request.cache_to);
  if (!is_inline(request.cache_to)) add(words, "--build-arg", "BUILDKIT_INLINE_CACHE=1");
  add_build(words, request);
  return words;
}

std::vector<std::string> docker_build_command(const std::string& docker,
                                              const BuildImageRequest& request) {
  if (request.push) {
    throw Error(Status::unsupported, "image.build_option",
                "Pushing while building needs docker's buildx, which is not installed.",
                "Install buildx, or build first and push then.");
  }
  if (!request.contexts.empty()) {
    throw Error(Status::unsupported, "image.build_contexts",
                "Named build contexts need docker's buildx, which is not installed.",
                "Install buildx.");
  }
  Words words{docker, "build", "--progress=plain"};
  add(words, "--platform", request.platform);
  add(words, "--output", request.output);
  add_build(words, request);
  return words;
}

int major_of(std::string_view version) {
  const auto start = version.find_first_of("0123456789");
  if (start == std::string_view::npos) return 0;
  int major = 0;
  std::from_chars(version.data() + start, version.data() + version.size(), major);
  return major;
}

bool has_gpu_runtime(std::string_view json) {
  const auto info = parse_json(json, Json::value_t::object);
  const auto& runtimes = member(info, "Runtimes");
  return runtimes.is_object() && runtimes.contains("nvidia");
}

}  // namespace fairlead::engine
