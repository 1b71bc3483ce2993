#include "plugins/abi_check.hpp"
#include "plugins/kit/exports.hpp"
#include "plugins/kit/subject.hpp"
#include "plugins/library.hpp"

#include <fairlead/error.hpp>

#include <sys/resource.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <iterator>

namespace fairlead::kit {

namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;

const fairlead_plugin& loaded(const Setup& setup) {
  try {
    return load_library(setup.library);
  } catch (const Error& error) {
    throw Broken("it cannot be loaded: " + error.message());
  }
}

std::string joined(const std::vector<std::string>& words) {
  std::string text;
  for (const auto& word : words) text += (text.empty() ? "" : ", ") + word;
  return text;
}

void one_export(const Setup& setup) {
  const auto names = exported_symbols(setup.library);
  require(names == std::vector<std::string>{"fairlead_plugin_v1"},
          "it exports " + (names.empty() ? "nothing" : joined(names)));
}

void opens(const Setup& setup) { loaded(setup); }

void manifest_agrees(const Setup& setup) {
  const auto manifest = manifest_of(setup);
  const auto& entry = loaded(setup);
  if (const auto problem = manifest_problem(entry, manifest); !problem.empty()) {
    throw Broken(problem);
  }
  require(manifest.abi_minor <= static_cast<int>(entry.abi_minor),
          "the manifest says ABI minor " + std::to_string(manifest.abi_minor) + ", the library " +
              std::to_string(entry.abi_minor));
}

void interfaces_agree(const Setup& setup) {
  const auto claimed = manifest_of(setup).interfaces;
  const auto& entry = loaded(setup);
  for (const auto& interface : interfaces()) {
    const bool claims = std::ranges::find(claimed, interface.id) != claimed.end();
    const bool offers = entry.table(interface.id) != nullptr;
    require(claims == offers, std::string("the manifest ") + (claims ? "names " : "lacks ") +
                                  interface.id + ", the library " +
                                  (offers ? "offers it" : "has no table for it"));
  }
}

std::chrono::microseconds processor_time() {
  rusage used{};
  ::getrusage(RUSAGE_SELF, &used);
  return std::chrono::seconds(used.ru_utime.tv_sec + used.ru_stime.tv_sec) +
         std::chrono::microseconds(used.ru_utime.tv_usec + used.ru_stime.tv_usec);
}

// Of the processor, not by the clock: a busy machine is not the plugin's fault.
void quick(const Setup& setup) {
  const auto before = processor_time();
  loaded(setup);
  const auto took = processor_time() - before;
  require(took < 100ms, "loading it takes " + std::to_string(took.count() / 1000) + " ms");
}

void no_threads(const Setup& setup) {
  loaded(setup);
  const auto threads =
      std::distance(fs::directory_iterator("/proc/self/task"), fs::directory_iterator());
  require(threads == 1, "loading it starts " + std::to_string(threads - 1) + " threads");
}

void quiet(const Setup& setup) {
  loaded(setup);
  const auto said = printed();
  require(said.empty(), "it prints while it is loaded: " + said);
}

void three_instances(const Setup& setup) {
  for (int i = 0; i < 3; ++i) const Subject made(setup);
}

void two_at_once(const Setup& setup) {
  const Subject one(setup);
  const Subject other(setup);
}

void unknown_interface(const Setup& setup) {
  require(loaded(setup).table("org.example.none/7") == nullptr,
          "it has a table for an interface that there is not");
}

}  // namespace

void add_load_checks(std::vector<Check>& checks) {
  checks.insert(
      checks.end(),
      {{"load.one_export", "exports fairlead_plugin_v1 and nothing else", one_export},
       {"load.opens", "loads with every symbol resolved", opens},
       {"load.manifest", "says of itself what its manifest says", manifest_agrees},
       {"load.interfaces", "offers the interfaces of its manifest", interfaces_agree},
       {"load.quick", "loads in less than 100 ms", quick},
       {"load.no_threads", "starts no thread before it is used", no_threads},
       {"load.quiet", "prints nothing while it is loaded", quiet},
       {"load.instances", "is made and destroyed three times", three_instances},
       {"load.two_at_once", "has two instances at once", two_at_once},
       {"load.unknown_interface", "knows no interface that there is not", unknown_interface}});
}

}  // namespace fairlead::kit
