#include "checks.hpp"

#include <algorithm>
#include <array>
#include <future>
#include <mutex>

namespace fairlead::conformance {
namespace {

InstanceState state_of(World& world) { return world.subject().inspect(world.id()).state; }

void whole_life(World& world) {
  auto& subject = world.subject();
  world.begin();
  require(state_of(world) == InstanceState::running, "a started instance runs");
  require(world.run("echo in; exit 3").exit_code == 3, "a command runs in it");
  subject.stop(world.id());
  require(state_of(world) == InstanceState::stopped, "a stopped instance is stopped");
  world.created(subject.start(world.id()));
  require(world.run("true").exit_code == 0, "it runs again after a start");
  subject.remove(world.id());
  try {
    subject.inspect(world.id());
  } catch (const Error& error) {
    require(error.status() == Status::not_found, "a removed instance is not found");
    return;
  }
  throw Broken("a removed instance is gone");
}

void keeps_files(World& world) {
  if (!world.subject().capabilities().keeps_filesystem) throw Absent("its files do not stay");
  world.begin();
  require(world.run("echo kept >/kept").exit_code == 0, "a file can be made");
  world.subject().stop(world.id());
  world.created(world.subject().start(world.id()));
  require(world.run("cat /kept").out == "kept\n", "files outlast a stop");
}

void removed_twice(World& world) {
  world.begin();
  world.subject().remove(world.id());
  world.subject().remove(world.id());
}

void listed_by_label(World& world) {
  world.begin();
  const auto label = "fairlead.conformance=" + world.options().mark;
  const auto found = world.subject().list({label});
  require(std::ranges::any_of(found, [&](const auto& each) { return each.id == world.id(); }),
          "an instance is listed by its label");
  require(world.subject().list({label + "-other"}).empty(), "another label lists nothing");
}

void events_are_told(World& world) {
  if (!world.subject().capabilities().events) throw Absent("it tells no events");
  std::mutex mutex;
  std::vector<std::string> seen;
  std::stop_source stop;
  Run run;
  run.stop = stop.get_token();
  run.on_event = [&](const Event& event) {
    const std::lock_guard lock(mutex);
    if (event.instance) seen.push_back(event.instance->action);
  };
  auto watching = std::async(std::launch::async, [&] {
    try {
      world.subject().watch({{"fairlead.conformance=" + world.options().mark}}, std::move(run));
    } catch (const Error& error) {
      return error.status();
    }
    return Status::ok;
  });
  const auto saw = [&](const char* action) {
    const std::lock_guard lock(mutex);
    return std::ranges::find(seen, action) != seen.end();
  };
  try {
    // When the watch has begun, nobody says.
    world.wait_for(
        [&] {
          world.begin();
          world.subject().remove(world.id());
          return saw("start") && saw("destroy");
        },
        "the events start and destroy");
  } catch (...) {
    stop.request_stop();
    watching.wait();
    throw;
  }
  stop.request_stop();
  require(watching.get() == Status::cancelled, "a cancelled watch ends as cancelled");
}

constexpr std::array checks{Check{"life", whole_life}, Check{"files outlast a stop", keeps_files},
                            Check{"remove twice", removed_twice},
                            Check{"list by label", listed_by_label},
                            Check{"events", events_are_told}};

}  // namespace

std::span<const Check> life_checks() { return checks; }

}  // namespace fairlead::conformance
