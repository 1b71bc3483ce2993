// The figures that users feel, as ratios taken in one run: times on a shared machine mean little,
// what two programs need side by side means much. Exit: 1 when a limit is missed, 77 without an
// engine. With "registry", "life", "compose", "ports" or "server" as its argument: those figures
// alone.

#include "life.hpp"
#include "pods.hpp"
#include "ports.hpp"
#include "registry.hpp"
#include "series.hpp"
#include "served.hpp"
#include "support/json.hpp"
#include "world.hpp"

#include <algorithm>
#include <cstdio>
#include <stdexcept>
#include <string_view>
#include <utility>

namespace fairlead::bench {
namespace {

using test::RunResult;

constexpr int many = 25;
constexpr int few = 7;

class Figures {
 public:
  explicit Figures(World& world) : world_(world) {}

  std::vector<Figure> all() {
    version();
    const auto project = world_.workspace("ours");
    const auto theirs = world_.workspace("theirs");
    const RunResult up = world_.must({world_.devcontainer, "up", "--workspace-folder", project});
    container_ = World::container_of(up);
    if (!world_.reference.empty()) reference_up(theirs);
    read_configuration(project);
    exec(project);
    running_up(project, theirs);
    fresh_up(project, theirs);
    memory("up", up_memory_);
    memory("exec", exec_memory_);
    for (auto& figure : registry_figures(world_)) figures_.push_back(std::move(figure));
    for (auto& figure : life_figures(world_)) figures_.push_back(std::move(figure));
    for (auto& figure : compose_figures(world_)) figures_.push_back(std::move(figure));
    for (auto& figure : ports_figures(world_)) figures_.push_back(std::move(figure));
    for (auto& figure : served_figures(world_)) figures_.push_back(std::move(figure));
    return figures_;
  }

 private:
  Series timed(std::string name, std::vector<std::string> argv, long* memory = nullptr) {
    return {std::move(name),
            [this, argv = std::move(argv), memory] {
              const RunResult result = world_.must(argv);
              if (memory != nullptr) *memory = std::max(*memory, result.resident_kib);
              return result.duration;
            },
            {}};
  }

  RunResult reference_up(const std::string& folder) {
    return world_.must(
        {world_.reference, "up", "--buildkit", "never", "--workspace-folder", folder});
  }

  void not_measured(std::string operation, std::string what, std::string why) {
    Figure figure;
    figure.operation = std::move(operation);
    figure.what = std::move(what);
    figure.missing = std::move(why);
    figures_.push_back(std::move(figure));
  }

  void absolute(std::string operation, std::string what, double value, double limit,
                std::string unit) {
    Figure figure;
    figure.operation = std::move(operation);
    figure.what = std::move(what);
    figure.value = value;
    figure.limit = limit;
    figure.unit = std::move(unit);
    figures_.push_back(std::move(figure));
  }

  void version() {
    long memory_kib = 0;
    Series cpu{"cpu",
               [&] {
                 const RunResult result = world_.must({world_.fairlead, "--version"});
                 memory_kib = std::max(memory_kib, result.resident_kib);
                 return result.cpu;
               },
               {}};
    interleave({&cpu}, many);
    const double ms = static_cast<double>(cpu.minimum().count()) / 1000;
    absolute("fairlead --version", "CPU", ms, 8, "ms");
    figures_.back().median = static_cast<double>(cpu.median().count()) / 1000;
    absolute("fairlead --version", "resident", static_cast<double>(memory_kib) / 1024, 12, "MiB");
  }

  void memory(const std::string& operation, long kib) {
    absolute(operation, "resident", static_cast<double>(kib) / 1024, 20, "MiB");
  }

  void read_configuration(const std::string& folder) {
    const std::string name = "read-configuration";
    if (world_.reference.empty()) return not_measured(name, "wall time / reference", no_reference);
    Series ours = timed(name, {world_.devcontainer, name, "--workspace-folder", folder});
    Series theirs = timed(name, {world_.reference, name, "--workspace-folder", folder});
    interleave({&ours, &theirs}, few * 2);
    figures_.push_back(ratio(name, "reference", ours, theirs, 1.0 / 20));
  }

  void exec(const std::string& folder) {
    Series ours =
        timed("exec", {world_.fairlead, "exec", "--workspace-folder", folder, "--", "true"},
              &exec_memory_);
    Series theirs = timed("docker exec", {world_.docker, "exec", container_, "true"});
    interleave({&ours, &theirs}, many);
    figures_.push_back(ratio("exec true", "docker exec", ours, theirs, 0.85));
    if (world_.docker_version.starts_with("28.")) return;
    figures_.back().missing = "docker client is " +
                              world_.docker_version.substr(0, world_.docker_version.find('\n')) +
                              ", not 28 (" + figures_.back().detail + ")";
  }

  void running_up(const std::string& ours_folder, const std::string& their_folder) {
    const std::string name = "up, container running";
    if (world_.reference.empty()) return not_measured(name, "wall time / reference", no_reference);
    Series ours =
        timed(name, {world_.devcontainer, "up", "--workspace-folder", ours_folder}, &up_memory_);
    Series theirs{name, [&] { return reference_up(their_folder).duration; }, {}};
    interleave({&ours, &theirs}, few * 2);
    figures_.push_back(ratio(name, "reference", ours, theirs, 1.0 / 25));
  }

  microseconds raw_create_and_start(const std::string& folder) {
    const std::string body = world_.create_body(folder);
    const auto began = std::chrono::steady_clock::now();
    const std::string created = world_.engine().request("POST", "/containers/create", body);
    const std::string id = test::json_at(created, "/Id");
    world_.engine().request("POST", "/containers/" + id + "/start");
    const auto time = std::chrono::steady_clock::now() - began;
    world_.engine().remove_container(id);
    return std::chrono::duration_cast<microseconds>(time);
  }

  void fresh_up(const std::string& ours_folder, const std::string& their_folder) {
    const std::string name = "up, image present, fresh";
    remove_all();
    Series ours{name,
                [&] {
                  const RunResult result =
                      world_.must({world_.devcontainer, "up", "--workspace-folder", ours_folder});
                  up_memory_ = std::max(up_memory_, result.resident_kib);
                  world_.engine().remove_container(World::container_of(result));
                  return result.duration;
                },
                {}};
    Series raw{"raw", [&] { return raw_create_and_start(ours_folder); }, {}};
    Series theirs{name,
                  [&] {
                    const RunResult result = reference_up(their_folder);
                    world_.engine().remove_container(World::container_of(result));
                    return result.duration;
                  },
                  {}};
    const bool compare = !world_.reference.empty();
    interleave(
        compare ? std::vector<Series*>{&ours, &raw, &theirs} : std::vector<Series*>{&ours, &raw},
        few * 2);
    figures_.push_back(ratio(name, "raw create+start", ours, raw, 1.2));
    if (!compare) return not_measured(name, "wall time / reference", no_reference);
    figures_.push_back(ratio(name, "reference", ours, theirs, 0.4));
  }

  void remove_all() {
    for (const auto& container : world_.engine().containers()) {
      const auto label = container.labels.find("devcontainer.local_folder");
      const bool ours =
          label != container.labels.end() && label->second.find(world_.id()) != std::string::npos;
      if (ours) world_.engine().remove_container(container.id);
    }
  }

  static constexpr const char* no_reference = "the reference CLI is not here";

  World& world_;
  std::vector<Figure> figures_;
  std::string container_;
  long up_memory_ = 0;
  long exec_memory_ = 0;
};

/// `part`: the name of one, or nothing for all.
std::vector<Figure> figures_of(World& world, std::string_view part) {
  if (part == "registry") return registry_figures(world);
  if (part == "life") return life_figures(world);
  if (part == "compose") return compose_figures(world);
  if (part == "ports") return ports_figures(world);
  if (part == "server") return served_figures(world);
  if (!part.empty()) throw std::invalid_argument("no such figures: " + std::string(part));
  return Figures(world).all();
}

}  // namespace
}  // namespace fairlead::bench

int main(int argc, char** argv) {
  if (fairlead::test::variable("DOCKER_HOST").empty()) {
    std::fputs("no engine: DOCKER_HOST is not set\n", stderr);
    return 77;
  }
  try {
    fairlead::bench::World world;
    const auto figures = fairlead::bench::figures_of(world, argc > 1 ? argv[1] : "");
    return fairlead::bench::print_table(figures) ? 0 : 1;
  } catch (const std::exception& error) {
    std::fprintf(stderr, "%s\n", error.what());
    return 1;
  }
}
