#include "base/text.hpp"
#include "spec/dockerfile.hpp"
#include "spec/dockerfile_words.hpp"

#include <fairlead/error.hpp>

#include <algorithm>
#include <charconv>
#include <utility>

namespace fairlead {
namespace {

using Map = std::map<std::string, std::string>;
using dockerfile::Lookup;

Lookup lookup_in(const Map& first, const Map& second) {
  return [&](const std::string& name) -> std::optional<std::string> {
    for (const Map* map : {&first, &second}) {
      const auto found = map->find(name);
      if (found != map->end()) return found->second;
    }
    return std::nullopt;
  };
}

/// What every build knows about platforms before the file says anything.
Map platform_args(const DockerfileInputs& inputs) {
  std::string platform = inputs.os + '/' + inputs.arch;
  if (!inputs.variant.empty()) platform += '/' + inputs.variant;
  Map out;
  for (const std::string prefix : {"BUILD", "TARGET"}) {
    out[prefix + "PLATFORM"] = platform;
    out[prefix + "OS"] = inputs.os;
    out[prefix + "ARCH"] = inputs.arch;
    out[prefix + "VARIANT"] = inputs.variant;
  }
  return out;
}

class Stages {
 public:
  Stages(const Dockerfile& file, const DockerfileInputs& inputs)
      : file_(file), inputs_(inputs), platform_(platform_args(inputs)) {
    for (const auto& instruction : file.preamble) {
      if (instruction.name == "ARG") declare(instruction, global_, platform_, nullptr);
    }
  }

  std::size_t target() const {
    if (inputs_.target.empty()) return file_.stages.size() - 1;
    if (const auto named = find(inputs_.target, file_.stages.size())) return *named;
    std::size_t index = 0;
    const std::string& text = inputs_.target;
    const auto read = std::from_chars(text.data(), text.data() + text.size(), index);
    const bool number = read.ec == std::errc() && read.ptr == text.data() + text.size();
    if (number && index < file_.stages.size()) return index;
    throw Error(Status::not_found, "dockerfile.target",
                "the Dockerfile has no stage '" + inputs_.target + '\'');
  }

  std::string image(std::size_t stage) const {
    return dockerfile::expand(file_.stages[stage].image, file_.escape,
                              lookup_in(global_, platform_));
  }

  /// The earlier stage that this one stands on; nullopt: an image.
  std::optional<std::size_t> parent(std::size_t stage) const { return find(image(stage), stage); }

  /// The stages from the one that stands on an image to `stage`.
  std::vector<std::size_t> chain(std::size_t stage) const {
    std::vector<std::size_t> out = {stage};
    while (const auto next = parent(out.back())) out.push_back(*next);
    std::reverse(out.begin(), out.end());
    return out;
  }

  std::optional<std::string> user(std::size_t stage) const;

 private:
  std::optional<std::size_t> find(const std::string& name, std::size_t below) const {
    if (name.empty()) return std::nullopt;
    for (std::size_t i = below; i-- > 0;) {
      if (to_lower(file_.stages[i].name) == to_lower(name)) return i;
    }
    return std::nullopt;
  }

  /// ARG: a build argument wins over the default; without a default, inside a stage, the value from
  /// before the first FROM counts.
  void declare(const DockerfileInstruction& instruction, Map& args, const Map& more,
               const Map* outer) const {
    for (const auto& [name, value] :
         dockerfile::split_assignments(instruction.arguments, file_.escape, false)) {
      const auto given = inputs_.build_args.find(name);
      if (given != inputs_.build_args.end()) {
        args[name] = given->second;
      } else if (value) {
        args[name] = dockerfile::expand(*value, file_.escape, lookup_in(args, more));
      } else if (outer != nullptr && outer->count(name) != 0) {
        args[name] = outer->at(name);
      } else if (platform_.count(name) != 0) {
        args[name] = platform_.at(name);
      }
    }
  }

  const Dockerfile& file_;
  const DockerfileInputs& inputs_;
  Map platform_;
  Map global_;
};

/// Walks up the whole chain: a stage inherits its parent's ENV but not its ARGs, and a stage's USER
/// counts when no later one sets another.
std::optional<std::string> Stages::user(std::size_t stage) const {
  std::optional<std::string> out;
  Map environment = inputs_.image_environment;
  for (const std::size_t at : chain(stage)) {
    Map args;
    for (const auto& instruction : file_.stages[at].instructions) {
      if (instruction.name == "ARG") {
        declare(instruction, args, environment, &global_);
      } else if (instruction.name == "ENV") {
        const Map before = environment;  // one instruction sees none of its own values
        for (const auto& [name, value] :
             dockerfile::split_assignments(instruction.arguments, file_.escape, true)) {
          environment[name] =
              dockerfile::expand(value.value_or(""), file_.escape, lookup_in(before, args));
        }
      } else {
        const auto words = dockerfile::split_words(instruction.arguments, file_.escape);
        if (words.empty()) continue;
        out = dockerfile::expand(words[0], file_.escape, lookup_in(environment, args));
      }
    }
  }
  return out && !out->empty() ? out : std::nullopt;
}

}  // namespace

std::optional<std::string> base_image(const Dockerfile& file, const DockerfileInputs& inputs) {
  const Stages stages(file, inputs);
  std::string image = stages.image(stages.chain(stages.target()).front());
  return image.empty() ? std::nullopt : std::optional<std::string>(std::move(image));
}

std::vector<StageImage> stage_images(const Dockerfile& file, const DockerfileInputs& inputs) {
  const Stages stages(file, inputs);
  std::vector<StageImage> found;
  for (std::size_t at = 0; at <= stages.target(); ++at) {
    StageImage one{.image = stages.image(at), .platform = file.stages[at].platform};
    if (stages.parent(at) || one.image.empty() || one.image == "scratch") continue;
    if (std::find(found.begin(), found.end(), one) == found.end()) found.push_back(std::move(one));
  }
  return found;
}

std::optional<std::string> stage_user(const Dockerfile& file, const DockerfileInputs& inputs) {
  const Stages stages(file, inputs);
  return stages.user(stages.target());
}

}  // namespace fairlead
