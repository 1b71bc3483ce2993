#include "plugins/probe.hpp"

#include "plugin_fixture.hpp"

#include <sys/stat.h>

#include <filesystem>

namespace fairlead::test {
namespace {

class Probe : public PluginTest {
 protected:
  // A probe program that says `verdict` and leaves a trace.
  std::string fake_probe(const std::string& script) {
    write("probe", "#!/bin/sh\necho x >>" + (folder_ / "runs").string() + "\n" + script + "\n");
    const auto path = (folder_ / "probe").string();
    ::chmod(path.c_str(), 0755);
    return path;
  }

  std::size_t runs() const {
    std::error_code none;
    const auto size = std::filesystem::file_size(folder_ / "runs", none);
    return none ? 0 : size / 2;
  }
};

TEST_F(Probe, IsFoundBesideTheProgram) {
  EXPECT_EQ(find_probe_program(library("plain_c")),
            std::string(FAIRLEAD_BINARY_DIR) + "/libexec/fairlead/fairlead-plugin-probe");
}

TEST_F(Probe, FindsNothingAgainstAGoodPlugin) {
  EXPECT_EQ(probe_library(library("plain_c"), {}), "");
}

TEST_F(Probe, RunsOncePerFile) {
  const ProbeOptions good{fake_probe("echo ok"), folder_ / "state"};
  EXPECT_EQ(probe_library(library("plain_c"), good), "");
  EXPECT_EQ(probe_library(library("plain_c"), good), "");
  EXPECT_EQ(runs(), 1U);
  const ProbeOptions crash{fake_probe("kill -SEGV $$"), folder_ / "crashes"};
  const auto verdict = probe_library(library("plain_c"), crash);
  EXPECT_TRUE(verdict.starts_with("quarantined: it crashed")) << verdict;
  EXPECT_EQ(probe_library(library("plain_c"), crash), verdict);
  EXPECT_EQ(runs(), 2U);
}

TEST_F(Probe, TriesAgainWhatMayChangeWithoutTheFile) {
  const auto missing = fake_probe("echo 'libmissing.so.1: cannot open shared object file'; exit 1");
  EXPECT_NE(probe_library(library("plain_c"), {missing, folder_ / "state"}), "");
  const ProbeOptions installed{fake_probe("echo ok"), folder_ / "state"};
  EXPECT_EQ(probe_library(library("plain_c"), installed), "");
}

TEST_F(Probe, RunsAgainWhenTheFileHasChanged) {
  const auto copy = (folder_ / "copy.so").string();
  const ProbeOptions options{fake_probe("echo ok"), folder_ / "state"};
  std::filesystem::copy_file(library("plain_c"), copy);
  EXPECT_EQ(probe_library(copy, options), "");
  std::filesystem::last_write_time(
      copy, std::filesystem::file_time_type::clock::now() + std::chrono::hours(1));
  EXPECT_EQ(probe_library(copy, options), "");
  EXPECT_EQ(runs(), 2U);
}

TEST_F(Probe, NoticesALibraryThatEndsTheProcess) {
  EXPECT_EQ(probe_library(library("plain_c"), {fake_probe("exit 0"), ""}),
            "quarantined: it ended the process that loaded it (exit status 0)");
}

TEST_F(Probe, SaysThatItIsMissing) {
  const auto error = thrown([&] {
    probe_library(library("plain_c"), {(folder_ / "none").string(), ""});
  });
  EXPECT_EQ(error.code(), "host.command_not_found");
}

}  // namespace
}  // namespace fairlead::test
