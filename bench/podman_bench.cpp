// Podman: `exec` and `up` beside `podman exec` and `podman run`, by the service and without one.
//   tests/support/engines/with-engine podman-rootless build/release/bench/fairlead_podman_bench
// Exit: 1 when a limit is missed, 77 without a Podman.

#include "series.hpp"
#include "support/child_process.hpp"
#include "support/files.hpp"
#include "support/json.hpp"
#include "support/target.hpp"
#include "support/test_run.hpp"
#include "support/wait.hpp"

#include <cstdio>
#include <stdexcept>

namespace fairlead::bench {
namespace {

using Words = std::vector<std::string>;

constexpr int many = 25;
constexpr int few = 9;

class PodmanWorld {
 public:
  explicit PodmanWorld(const std::string& target) : target_(test::make_target(target)) {
    if (const auto why = target_->missing(); !why.empty()) throw std::runtime_error(why);
    target_->configure(run_);
  }
  ~PodmanWorld() { target_->clean(run_); }
  PodmanWorld(const PodmanWorld&) = delete;
  PodmanWorld& operator=(const PodmanWorld&) = delete;

  test::RunResult must(Words argv) {
    auto result = test::run({.argv = argv,
                             .environment = run_.environment(),
                             .directory = run_.below("work").string(),
                             .timeout = std::chrono::minutes(3)});
    if (result.exit_code != 0) throw std::runtime_error(argv[0] + " failed: " + result.text());
    return result;
  }

  std::string workspace() {
    const auto folder = run_.below("work/ws-" + run_.id());
    test::write_file(folder / ".devcontainer/devcontainer.json",
                     "{\"image\": \"" + test::base_image + "\"}\n");
    return folder;
  }

 private:
  test::TestRun run_;
  std::unique_ptr<test::Target> target_;
};

Series timed(PodmanWorld& world, std::string name, Words argv) {
  return {std::move(name), [&world, argv] { return world.must(argv).duration; }, {}};
}

Words with(Words words, const Words& more) {
  words.insert(words.end(), more.begin(), more.end());
  return words;
}

/// Until commands run by the relay that the background process keeps.
void wait_for_relay(PodmanWorld& world, const Words& inside) {
  const auto ask = with(inside, {"--", "sh", "-c", "tr '\\0' ' ' </proc/$PPID/cmdline"});
  const bool resident = test::wait_until(std::chrono::seconds(30), [&] {
    return world.must(ask).out.find("lent") != std::string::npos;
  });
  if (!resident) throw std::runtime_error("no relay is kept");
}

struct Limits {
  double exec;
  double resident;
};

std::vector<Figure> figures_of(const std::string& target, const std::string& way,
                               const Limits& limits) {
  PodmanWorld world(target);
  const auto folder = world.workspace();
  const auto& ours = test::fairlead_binary();
  const Words up{test::devcontainer_binary(), "up", "--workspace-folder", folder};
  const Words own_up{ours, "up", "--json", "--workspace-folder", folder};
  const auto container = test::json_at(world.must(own_up).out, "/containerId");
  const Words inside{ours, "exec", "--workspace-folder", folder};
  const auto words = with(inside, {"--", "true"});
  // Nobody keeps a relay: one is started for the command.
  auto exec = timed(world, "exec", words);
  auto by_engine = timed(world, "exec", with(inside, {"--via", "engine", "--", "true"}));
  auto bare = timed(world, "podman exec", {"/usr/bin/podman", "exec", container, "true"});
  for (auto* series : {&exec, &by_engine, &bare}) series->measure();
  interleave({&exec, &by_engine, &bare}, many);
  world.must(with(own_up, {"--set", "exec_via=relay"}));
  wait_for_relay(world, inside);
  auto resident = timed(world, "exec", words);
  auto bare_beside = timed(world, "podman exec", {"/usr/bin/podman", "exec", container, "true"});
  interleave({&resident, &bare_beside}, many);
  world.must({ours, "background", "--stop"});
  std::vector<Figure> figures{
      ratio("exec true, " + way, "podman exec", exec, bare, limits.exec),
      ratio("exec true, relay resident, " + way, "podman exec", resident, bare_beside,
            limits.resident),
      shown(ratio("exec true by the engine alone, " + way, "podman exec", by_engine, bare, 0))};

  const auto remove = [&](const std::string& id) {
    world.must({"/usr/bin/podman", "rm", "--force", "--time", "0", id});
  };
  remove(container);
  Series fresh{"up",
               [&] {
                 const auto result = world.must(up);
                 remove(test::json_at(result.out, "/containerId"));
                 return result.duration;
               },
               {}};
  Series run{"podman run + exec",
             [&] {
               const auto made = world.must(
                   {"/usr/bin/podman", "run", "--detach", test::base_image, "sleep", "infinity"});
               const auto id = made.out.substr(0, made.out.find('\n'));
               const auto entered = world.must({"/usr/bin/podman", "exec", id, "true"});
               remove(id);
               return made.duration + entered.duration;
             },
             {}};
  interleave({&fresh, &run}, few);
  figures.push_back(ratio("up fresh, " + way, "podman run + exec", fresh, run, 1.5));
  return figures;
}

}  // namespace
}  // namespace fairlead::bench

int main() {
  if (fairlead::test::variable("FAIRLEAD_TEST_PODMAN").empty()) {
    std::fputs("no Podman: FAIRLEAD_TEST_PODMAN is not set\n", stderr);
    return 77;
  }
  try {
    auto figures = fairlead::bench::figures_of("podman", "by the service", {0.8, 0.3});
    for (auto& figure :
         fairlead::bench::figures_of("podman-command", "by command line", {1.15, 0.9}))
      figures.push_back(std::move(figure));
    return fairlead::bench::print_table(figures) ? 0 : 1;
  } catch (const std::exception& error) {
    std::fprintf(stderr, "%s\n", error.what());
    return 1;
  }
}
