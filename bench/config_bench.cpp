// What reading a configuration costs, as a multiple of nlohmann::json::parse of the same bytes
// taken in the same run: parse, validate, substitute and merge with 40 entries of metadata. The
// limits are 5 times for a usual file, growing with its size and no faster; 40 times and 64 MiB for
// a hostile mebibyte. Exit: 1 when one is missed.

#include "config_inputs.hpp"
#include "memory_meter.hpp"

#include <fairlead/overlay.hpp>
#include <fairlead/validate.hpp>

#include <benchmark/benchmark.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <string>

namespace fairlead::bench {
namespace {

constexpr double most_times = 5;
constexpr double most_times_hostile = 40;
constexpr std::size_t most_memory = std::size_t{64} << 20U;
constexpr double most_growth = 1.5;  ///< of the time per byte, between the smallest and the largest
constexpr int entries = 40;

/// A workspace folder whose configuration is written anew for each input.
class Project {
 public:
  Project() {
    std::string name = (std::filesystem::temp_directory_path() / "config-bench-XXXXXX").string();
    root_ = ::mkdtemp(name.data());
  }
  ~Project() {
    std::error_code ignored;
    std::filesystem::remove_all(root_, ignored);
  }
  Project(const Project&) = delete;
  Project& operator=(const Project&) = delete;

  void write(const std::string& config) const {
    std::ofstream(root_ + "/.devcontainer.json") << config;
  }
  ReadOptions options() const {
    ReadOptions out;
    out.workspace_folder = root_;
    out.environment = {{"HOME", "/home/u"}, {"A", "v"}};
    return out;
  }

 private:
  std::string root_;
};

std::size_t everything(const ReadOptions& options, const std::string& label) {
  auto document = read_config(options);
  const auto identity = resolve_identity(document, {});
  document = substitute_devcontainer_id(std::move(document), identity.devcontainer_id);
  const auto config = parse_config(document);
  auto metadata = metadata_of_label(label, [](const std::string&) {});
  for (auto& own : own_metadata_entries(document)) metadata.push_back(std::move(own));
  const auto merged = merge(document, metadata);
  return config.mounts.size() + merged.mounts.size();
}

/// The same, a refusal being an answer, and what `config validate` says.
void attempt(const ReadOptions& options, const std::string& text) {
  benchmark::DoNotOptimize(validate_configuration(text, "f").size());
  try {
    benchmark::DoNotOptimize(everything(options, {}));
  } catch (const Error& error) {
    benchmark::DoNotOptimize(error.message().size());
  }
}

void parse_plainly(const std::string& text) {
  benchmark::DoNotOptimize(nlohmann::json::parse(text, nullptr, false, true));
}

/// Notes the time of every run by name.
class Times final : public benchmark::ConsoleReporter {
 public:
  void ReportRuns(const std::vector<Run>& runs) override {
    for (const auto& run : runs) {
      const double time = run.GetAdjustedRealTime();
      const auto [known, added] = times_.emplace(run.benchmark_name(), time);
      known->second = std::min(known->second, time);
    }
    ConsoleReporter::ReportRuns(runs);
  }
  double of(const std::string& name) const { return times_.at(name); }

 private:
  std::map<std::string, double> times_;
};

template <class Work>
void add(const std::string& name, Work work) {
  benchmark::RegisterBenchmark(name.c_str(),
                               [work](benchmark::State& state) {
                                 for ([[maybe_unused]] auto unused : state) work();
                               })
      ->Unit(benchmark::kMicrosecond)
      ->UseRealTime();
}

std::string timed_name(const std::string& name) { return name + "/real_time"; }

int misses = 0;

void verdict(const std::string& what, double value, double limit, const char* unit) {
  const bool good = value <= limit;
  if (!good) ++misses;
  std::printf("%-28s %8.2f %-6s at most %5.0f  %s\n", what.c_str(), value, unit, limit,
              good ? "ok" : "MISSED");
}

Times run_registered() {
  Times times;
  benchmark::RunSpecifiedBenchmarks(&times);
  benchmark::ClearRegisteredBenchmarks();
  return times;
}

void usual_files(const Project& project) {
  const auto label = usual_label(entries);
  const std::vector<int> sizes = {500, 1000, 2000, 4000};
  std::map<int, double> per_byte;
  for (const int lines : sizes) {
    const auto config = usual_config(lines);
    project.write(config);
    const auto name = std::to_string(lines) + " lines";
    add("plain, " + name, [&] {
      parse_plainly(config);
      parse_plainly(label);
    });
    add("fairlead, " + name, [&] { everything(project.options(), label); });
    const auto times = run_registered();
    const double ours = times.of(timed_name("fairlead, " + name));
    const double theirs = times.of(timed_name("plain, " + name));
    per_byte[lines] = ours / static_cast<double>(config.size() + label.size());
    if (lines == 2000) verdict(name, ours / theirs, most_times, "times");
  }
  const auto growth = per_byte[sizes.back()] / per_byte[sizes.front()];
  verdict("time per byte, 4000/500", growth, most_growth, "times");
}

void hostile_files(const Project& project) {
  for (const auto& [name, config] : hostile_inputs()) {
    project.write(config);
    // What the plain parser gives up on costs it nothing: a usual file of that size stands in.
    const bool valid = !nlohmann::json::parse(config, nullptr, false, true).is_discarded();
    static const std::string usual = usual_config(22000);
    add("plain", [&, valid] { parse_plainly(valid ? config : usual); });
    add(name, [&] { attempt(project.options(), config); });
    const auto times = run_registered();
    restart_meter();
    attempt(project.options(), config);
    const auto memory = metered_peak();
    verdict(name, times.of(timed_name(name)) / times.of(timed_name("plain")), most_times_hostile,
            "times");
    verdict(name, static_cast<double>(memory) / (1U << 20U), most_memory >> 20U, "MiB");
  }
}

}  // namespace
}  // namespace fairlead::bench

int main(int argc, char** argv) {
  benchmark::Initialize(&argc, argv);
  const fairlead::bench::Project project;
  fairlead::bench::usual_files(project);
  fairlead::bench::hostile_files(project);
  return fairlead::bench::misses == 0 ? 0 : 1;
}
