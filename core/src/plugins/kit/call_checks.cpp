#include "plugins/kit/raw_call.hpp"
#include "plugins/kit/subject.hpp"

#include <fcntl.h>
#include <poll.h>

#include <algorithm>
#include <chrono>
#include <list>

namespace fairlead::kit {

namespace {

using namespace std::chrono_literals;

constexpr auto patience = 30s;

void ended(RawCall& call, const std::string& name) {
  require(call.ended_within(patience), "'" + name + "' does not answer within 30 s");
}

void one_answer(const Setup& setup) {
  const Subject subject(setup);
  for (const auto& [operation, request] : subject.harmless()) {
    RawCall call(operation.op, subject.self(), request);
    ended(call, operation.name);
    ::poll(nullptr, 0, 100);  // for what comes too late
    require(call.answers() == 1,
            "'" + operation.name + "' answers " + std::to_string(call.answers()) + " times");
    require(call.late_events() == 0, "'" + operation.name + "' emits after its answer");
  }
}

void unknown_keys(const Setup& setup) {
  const Subject subject(setup);
  for (const auto& [operation, request] : subject.harmless()) {
    RawCall plain(operation.op, subject.self(), request);
    ended(plain, operation.name);
    auto more = request;
    more.insert(
        1, std::string(R"("org.example.unknown":{"a":[1,null]})") + (request == "{}" ? "" : ","));
    RawCall call(operation.op, subject.self(), more);
    ended(call, operation.name);
    require(call.status() == plain.status(),
            "'" + operation.name +
                "' answers otherwise to a request with an unknown key: " + call.body());
  }
}

void garbage(const Setup& setup) {
  const Subject subject(setup);
  for (const auto& operation : subject.operations()) {
    for (const char* text : {"", "not json", "[1]", "{\"id\":"}) {
      RawCall call(operation.op, subject.self(), text);
      ended(call, operation.name);
      require(call.status() == FAIRLEAD_INVALID,
              "'" + operation.name + "' answers status " + std::to_string(call.status()) +
                  " to the request '" + text + "', which is no JSON object");
    }
  }
}

void descriptors(const Setup& setup) {
  const Subject subject(setup);
  for (const auto& [operation, request] : subject.harmless()) {
    // What it opens for good, it opens with its first calls.
    for (int i = 0; i < 2; ++i) {
      RawCall first(operation.op, subject.self(), request);
      ended(first, operation.name);
    }
    const auto before = open_descriptors();
    {
      std::vector<UniqueFd> fds;
      for (int i = 0; i < 3; ++i) fds.emplace_back(::open("/dev/null", O_RDWR | O_CLOEXEC));
      RawCall call(operation.op, subject.self(), request, std::move(fds));
      ended(call, operation.name);
    }
    const auto after = open_descriptors() - 1;  // the record of the call has one
    require(after <= before, "'" + operation.name + "' leaves " + std::to_string(after - before) +
                                 " descriptors open");
  }
}

void overlap(const Setup& setup) {
  const Subject subject(setup);
  for (const auto& [operation, request] : subject.harmless()) {
    std::list<RawCall> calls;
    for (int i = 0; i < 8; ++i) calls.emplace_back(operation.op, subject.self(), request);
    for (auto& call : calls) ended(call, operation.name);
    const auto differs = [&](const RawCall& call) {
      return call.status() != calls.front().status();
    };
    require(std::ranges::none_of(calls, differs),
            "'" + operation.name + "' answers otherwise when it is called 8 times at once");
  }
}

void no_printing(const Setup& setup) {
  const Subject subject(setup);
  for (const auto& [operation, request] : subject.harmless()) {
    RawCall call(operation.op, subject.self(), request);
    ended(call, operation.name);
  }
  const auto said = printed();
  require(said.empty(), "it prints: " + said);
}

void failures_say_why(const Setup& setup) {
  const Subject subject(setup);
  for (const auto& operation : subject.operations()) {
    RawCall call(operation.op, subject.self(), "not json");
    ended(call, operation.name);
    const auto body = call.body();
    require(call.status() == FAIRLEAD_OK || (body.find("\"code\"") != std::string::npos &&
                                             body.find("\"message\"") != std::string::npos),
            "'" + operation.name + "' fails without code and message: " + body);
  }
}

}  // namespace

void add_call_checks(std::vector<Check>& checks) {
  checks.insert(checks.end(),
                {{"call.one_answer", "answers once and says nothing after it", one_answer},
                 {"call.unknown_keys", "ignores keys that it does not know", unknown_keys},
                 {"call.garbage", "answers INVALID to what is no JSON object", garbage},
                 {"call.failures", "fails with code and message", failures_say_why},
                 {"call.descriptors", "closes descriptors that it has no use for", descriptors},
                 {"call.overlap", "answers eight calls at once", overlap},
                 {"call.quiet", "prints nothing", no_printing}});
}

}  // namespace fairlead::kit
