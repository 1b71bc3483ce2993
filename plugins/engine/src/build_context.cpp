#include "client_proxies.hpp"
#include "ignore_file.hpp"
#include "json.hpp"
#include "run_args.hpp"
#include "tar_stream.hpp"

#include <fairlead/engine/build.hpp>
#include <fairlead/engine/client.hpp>
#include <fairlead/error.hpp>

#include <algorithm>
#include <array>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <optional>

/// The classic builder: its request and the context that goes with it.
namespace fairlead::engine {
namespace {

namespace fs = std::filesystem;

constexpr auto outside_dockerfile = ".dockerfile.fairlead";

Error missing(const std::string& what, const std::string& path) {
  return Error(Status::not_found, "image.build_file",
               "The " + what + " '" + path + "' is not there.",
               "Paths of `build` are relative to the configuration's folder.");
}

std::string read_text(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

/// The Dockerfile's path in the context; absent: it lies outside.
std::optional<std::string> inside(const fs::path& dockerfile, const fs::path& context) {
  const auto relative =
      fs::weakly_canonical(dockerfile).lexically_relative(fs::weakly_canonical(context));
  const auto text = relative.generic_string();
  if (text.empty() || text == ".." || text.starts_with("../")) return std::nullopt;
  return text;
}

/// Dockerfile and .dockerignore are always sent: the engine needs them and leaves them out then.
std::vector<TarEntry> context_entries(const fs::path& context, const std::string& dockerfile) {
  const IgnoreFile ignored(read_text(context / ".dockerignore"));
  std::vector<TarEntry> entries;
  fs::recursive_directory_iterator walk(context), end;
  for (; walk != end; ++walk) {
    const auto name = walk->path().lexically_relative(context).generic_string();
    if (ignored.ignores(name) && name != dockerfile && name != ".dockerignore") {
      const bool needed_below = ignored.brings_back() || dockerfile.starts_with(name + "/");
      if (walk->is_directory() && !walk->is_symlink() && !needed_below) {
        walk.disable_recursion_pending();
      }
      continue;
    }
    entries.push_back({name, walk->path().string(), {}});
  }
  // The order of a folder is the file system's whim; the same context gives the same archive.
  std::sort(entries.begin(), entries.end(),
            [](const TarEntry& a, const TarEntry& b) { return a.name < b.name; });
  return entries;
}

std::vector<TarEntry> readable_entries(const fs::path& context, const std::string& dockerfile) {
  try {
    return context_entries(context, dockerfile);
  } catch (const fs::filesystem_error& error) {
    throw Error(Status::failed, "image.build_file",
                "The build context cannot be read: " + error.path1().string() + ": " +
                    error.code().message() + ".",
                "A .dockerignore keeps folders out of the build context.");
  }
}

/// The engine wants the Dockerfile in the archive; a line in .dockerignore keeps it, as the docker
/// client does, out of what COPY sees.
void add_outside_dockerfile(std::vector<TarEntry>& entries, const fs::path& context,
                            const fs::path& dockerfile) {
  const auto ignore_file = context / ".dockerignore";
  const auto own = fs::exists(ignore_file) ? read_text(ignore_file) : ".dockerignore";
  std::erase_if(entries, [](const TarEntry& entry) { return entry.name == ".dockerignore"; });
  entries.push_back({".dockerignore", {}, own + "\n" + outside_dockerfile + "\n"});
  entries.push_back({outside_dockerfile, {}, read_text(dockerfile)});
}

/// The parameters of POST /build.
struct Parameters {
  std::vector<std::pair<std::string, std::string>> plain;
  Json args = Json::object();
  Json labels = Json::object();
  Json cache_from = Json::array();
  Json ulimits = Json::array();
  const ClientSide* client = nullptr;
};

struct Option {
  std::string_view flag;
  const char* parameter;
  bool boolean;
};
/// Flags of docker build that are parameters of the API by another name.
constexpr std::array options{
    Option{"--network", "networkmode", false},
    Option{"--memory", "memory", false},
    Option{"-m", "memory", false},
    Option{"--memory-swap", "memswap", false},
    Option{"--shm-size", "shmsize", false},
    Option{"--cpu-shares", "cpushares", false},
    Option{"-c", "cpushares", false},
    Option{"--cpu-period", "cpuperiod", false},
    Option{"--cpu-quota", "cpuquota", false},
    Option{"--cpuset-cpus", "cpusetcpus", false},
    Option{"--cpuset-mems", "cpusetmems", false},
    Option{"--cgroup-parent", "cgroupparent", false},
    Option{"--add-host", "extrahosts", false},
    Option{"--target", "target", false},
    Option{"--platform", "platform", false},
    Option{"--tag", "t", false},
    Option{"-t", "t", false},
    Option{"--isolation", "isolation", false},
    Option{"--no-cache", "nocache", true},
    Option{"--pull", "pull", true},
    Option{"--squash", "squash", true},
    Option{"--build-arg", "", false},
    Option{"--ulimit", "", false},
    Option{"--label", "", false},
    Option{"--cache-from", "", false},
    Option{"--force-rm", "forcerm", true},
    Option{"--quiet", nullptr, true},
    Option{"-q", nullptr, true},
    Option{"--compress", nullptr, true},
    Option{"--progress", nullptr, false},
    Option{"--rm", nullptr, true},
};

bool is_size(std::string_view parameter) {
  return parameter == "memory" || parameter == "memswap" || parameter == "shmsize";
}

/// The API takes bytes where the command line takes units; -1 is swap without a limit.
std::string bytes_of(const std::string& flag, const std::string& value) {
  if (value == "-1") return value;
  try {
    return std::to_string(parse_bytes(value));
  } catch (const BadValue& bad) {
    throw Error(Status::invalid, "image.build_option",
                "build.options: '" + flag + "': " + bad.why + ".");
  }
}

/// Without a value the caller's variable counts; without one of those the Dockerfile's own default
/// stays: null, not an empty text.
Json callers(const Parameters& parameters, const std::string& name) {
  const auto& environment = parameters.client->environment;
  const auto found = environment.find(name);
  return found == environment.end() ? Json() : Json(found->second);
}

/// "name=soft[:hard]".
Json ulimit(const std::string& value) {
  try {
    const auto [name, limits] = split_pair(value);
    const auto parts = split(limits, ':');
    if (name.empty() || limits.empty() || parts.size() > 2) {
      throw BadValue{"it is not name=soft[:hard]"};
    }
    const auto number = [](const std::string& word) {
      return word == "unlimited" ? -1 : parse_integer(word);
    };
    return {{"Name", name}, {"Soft", number(parts.front())}, {"Hard", number(parts.back())}};
  } catch (const BadValue& bad) {
    throw Error(Status::invalid, "image.build_option",
                "build.options: '--ulimit': " + bad.why + ".");
  }
}

void set_option(Parameters& parameters, const Option& option, const std::string& value) {
  const auto equals = value.find('=');
  const auto name = value.substr(0, equals);
  const auto text = equals == std::string::npos ? "" : value.substr(equals + 1);
  if (option.flag == "--build-arg") {
    parameters.args[name] = equals == std::string::npos ? callers(parameters, name) : Json(text);
  } else if (option.flag == "--ulimit") {
    parameters.ulimits.push_back(ulimit(value));
  } else if (option.flag == "--label") {
    parameters.labels[name] = text;
  } else if (option.flag == "--cache-from") {
    parameters.cache_from.push_back(value);
  } else if (option.parameter != nullptr) {
    parameters.plain.emplace_back(option.parameter, is_size(option.parameter)
                                                        ? bytes_of(std::string(option.flag), value)
                                                        : value);
  }
}

void apply_options(Parameters& parameters, const std::vector<std::string>& words) {
  for (std::size_t i = 0; i < words.size(); ++i) {
    const auto equals = words[i].find('=');
    const auto flag = words[i].substr(0, equals);
    const auto known = std::find_if(options.begin(), options.end(),
                                    [&](const Option& each) { return each.flag == flag; });
    if (known == options.end()) {
      throw Error(Status::unsupported, "image.build_option",
                  "build.options: the classic builder has no '" + words[i] + "'.",
                  "Install docker's buildx, or remove the option.");
    }
    if (equals != std::string::npos) {
      set_option(parameters, *known, words[i].substr(equals + 1));
    } else if (known->boolean) {
      set_option(parameters, *known, "1");
    } else if (i + 1 < words.size()) {
      set_option(parameters, *known, words[++i]);
    } else {
      throw Error(Status::invalid, "image.build_option",
                  "build.options: '" + words[i] + "' needs a value.");
    }
  }
}

void refuse_buildkit_only(const BuildImageRequest& request) {
  if (!request.contexts.empty()) {
    throw Error(Status::unsupported, "image.build_contexts",
                "Named build contexts need BuildKit; the classic builder has none.",
                "Install docker's buildx.");
  }
  if (request.push || !request.output.empty()) {
    throw Error(Status::unsupported, "image.build_option",
                "--push and --output need BuildKit; the classic builder has neither.",
                "Install docker's buildx.");
  }
}

void add_proxies(Parameters& parameters) {
  for (const auto& [name, value] : client_proxies(*parameters.client)) {
    if (!parameters.args.contains(name)) parameters.args[name] = value;
  }
}

std::string target_of(const BuildImageRequest& request, const std::string& dockerfile,
                      const ClientSide& client) {
  Parameters parameters;
  parameters.client = &client;
  auto& plain = parameters.plain;
  plain = {{"dockerfile", dockerfile},
           {"rm", "1"},
           {"forcerm", "1"},  // also what a failed step leaves

           {"target", request.target},
           {"platform", request.platform},
           {"pull", request.pull ? "1" : ""},
           {"nocache", request.no_cache ? "1" : ""}};
  for (const auto& tag : request.tags) plain.emplace_back("t", tag);
  parameters.args = request.args;
  parameters.labels = request.labels;
  if (!request.no_cache) parameters.cache_from = request.cache_from;
  apply_options(parameters, request.options);
  add_proxies(parameters);
  if (!parameters.ulimits.empty()) plain.emplace_back("ulimits", dump(parameters.ulimits));
  if (!parameters.args.empty()) plain.emplace_back("buildargs", dump(parameters.args));
  if (!parameters.labels.empty()) plain.emplace_back("labels", dump(parameters.labels));
  if (!parameters.cache_from.empty()) plain.emplace_back("cachefrom", dump(parameters.cache_from));
  return "/build" + query(plain);
}

}  // namespace

ClassicBuild classic_build(const BuildImageRequest& request, const ClientSide& client) {
  refuse_buildkit_only(request);
  const fs::path context = request.context;
  if (!fs::is_directory(context)) throw missing("build context", request.context);
  const fs::path dockerfile =
      request.dockerfile.empty() ? context / "Dockerfile" : fs::path(request.dockerfile);
  if (!fs::exists(dockerfile)) throw missing("Dockerfile", dockerfile.string());
  const auto place = inside(dockerfile, context);
  auto entries = readable_entries(context, place.value_or(""));
  if (!place) add_outside_dockerfile(entries, context, dockerfile);
  const auto archive = std::make_shared<TarStream>(std::move(entries));
  return {target_of(request, place.value_or(outside_dockerfile), client),
          [archive](char* data, std::size_t size) { return archive->read(data, size); }};
}

}  // namespace fairlead::engine
