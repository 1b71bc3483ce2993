#include "plugins/kit/raw_call.hpp"
#include "plugins/kit/subject.hpp"

#include <poll.h>

#include <chrono>

namespace fairlead::kit {

namespace {

using namespace std::chrono_literals;

constexpr auto grace = 5s;

// A call that is cancelled before it begins has to end as well; how is its own affair.
void at_once(const Setup& setup) {
  const Subject subject(setup);
  for (const auto& [operation, request] : subject.harmless()) {
    RawCall call(operation.op, subject.self(), request);
    call.cancel();
    require(call.ended_within(grace), "'" + operation.name + "' ignores a cancel");
  }
}

void watch_after(const Setup& setup, std::chrono::milliseconds time) {
  const Subject subject(setup);
  for (const auto& operation : subject.operations()) {
    if (operation.name != "watch") continue;
    RawCall call(operation.op, subject.self(), R"({"labels":["fairlead.conformance=none"]})");
    ::poll(nullptr, 0, static_cast<int>(time.count()));
    call.cancel();
    require(call.ended_within(grace), "'watch' does not end within 5 s of a cancel");
    const auto status = call.status();
    if (status == FAIRLEAD_UNSUPPORTED || status == FAIRLEAD_UNAVAILABLE) {
      throw Skipped("'watch' does not run here: " + call.body());
    }
    require(status == FAIRLEAD_CANCELLED,
            "a cancelled 'watch' ends with status " + std::to_string(status));
    return;
  }
  throw Skipped("it has no operation 'watch'");
}

}  // namespace

void add_cancel_checks(std::vector<Check>& checks) {
  checks.push_back({"cancel.at_once", "ends when it is cancelled before it begins", at_once});
  for (const auto time : {0ms, 50ms, 500ms}) {
    checks.push_back({"cancel.watch_" + std::to_string(time.count()),
                      "ends a watch that is cancelled after " + std::to_string(time.count()) +
                          " ms as cancelled",
                      [time](const Setup& setup) { watch_after(setup, time); }});
  }
}

}  // namespace fairlead::kit
