// The conformance kit as its users run it, on plugins of which each breaks one rule.

#include <gtest/gtest.h>

#include <cstdio>
#include <string>

namespace fairlead::test {
namespace {

// A sanitizer turns the signal into an exit of its own.
#ifdef FAIRLEAD_SANITIZED
constexpr const char* crash = "ended the process with status 1";
#else
constexpr const char* crash = "signal 11, Segmentation fault";
#endif

struct KitRun {
  std::string out;
  int status = -1;

  bool says(const std::string& text) const { return out.find(text) != std::string::npos; }
};

KitRun run_kit(const std::string& plugin, const std::string& options) {
  const auto command = std::string(FAIRLEAD_BINARY_DIR "/bin/fairlead-conformance ") +
                       FAIRLEAD_TEST_PLUGIN_DIR "/" + plugin + ".so " + options + " 2>&1";
  KitRun run;
  auto* pipe = ::popen(command.c_str(), "r");
  std::string piece(4096, '\0');
  for (std::size_t got = 0; (got = ::fread(piece.data(), 1, piece.size(), pipe)) > 0;) {
    run.out.append(piece, 0, got);
  }
  run.status = WEXITSTATUS(::pclose(pipe));
  return run;
}

TEST(Kit, TellsEachCheckWithItsResultAndCountsThem) {
  const auto run = run_kit("plain_c", "--filter 'load.*' --filter host.describe");
  EXPECT_TRUE(run.says("passed   load.one_export: exports fairlead_plugin_v1 and nothing else\n"))
      << run.out;
  EXPECT_TRUE(
      run.says("skipped  host.describe: says what machine it is\n"
               "         it does not offer fairlead.host/1\n"))
      << run.out;
  EXPECT_TRUE(run.says("10 passed, 0 failed, 0 crashed, 1 skipped\n")) << run.out;
  EXPECT_EQ(run.status, 0);
}

TEST(Kit, WritesALineOfJsonPerCheck) {
  const auto run = run_kit("done_twice", "--json --filter call.one_answer");
  EXPECT_EQ(run.out,
            "{\"check\":\"call.one_answer\",\"result\":\"failed\",\"reason\":"
            "\"'probe' answers 2 times\"}\n");
  EXPECT_EQ(run.status, 1);
}

TEST(Kit, SurvivesAPluginThatCrashes) {
  const auto run = run_kit("segfaults", "--filter call.one_answer --filter load.opens");
  EXPECT_TRUE(run.says("crashed  call.one_answer")) << run.out;
  EXPECT_TRUE(run.says(crash)) << run.out;
  EXPECT_TRUE(run.says("1 passed, 0 failed, 1 crashed, 0 skipped")) << run.out;
  EXPECT_EQ(run.status, 1);
}

TEST(Kit, FindsEventsAfterTheEnd) {
  EXPECT_TRUE(run_kit("emit_after_done", "--filter call.one_answer")
                  .says("'probe' emits after its answer"));
}

TEST(Kit, FindsWhatPrints) {
  EXPECT_TRUE(run_kit("prints", "--filter load.quiet")
                  .says("it prints while it is loaded: no symbol, no plugin, nothing"));
}

TEST(Kit, FindsWhatIgnoresACancel) {
  EXPECT_TRUE(run_kit("silent", "--filter cancel.at_once").says("'probe' ignores a cancel"));
}

TEST(Kit, FindsDescriptorsThatStayOpen) {
  EXPECT_TRUE(
      run_kit("leaks_fd", "--filter call.descriptors").says("'probe' leaves 3 descriptors open"));
}

TEST(Kit, FindsALibraryWithoutAnEntry) {
  const auto run = run_kit("no_entry", "--filter load.opens --filter load.one_export");
  EXPECT_TRUE(run.says("no symbol fairlead_plugin_v1: not a fairlead plugin")) << run.out;
}

TEST(Kit, ListsItsChecksWithoutAPlugin) {
  const auto run = run_kit("none", "--list");
  EXPECT_TRUE(run.says("backend.exit_codes_0_3_137")) << run.out;
  EXPECT_EQ(run.status, 0);
}

TEST(Kit, SaysHowItIsUsed) {
  EXPECT_TRUE(run_kit("plain_c", "--nonsense").says("usage: fairlead-conformance PLUGIN.so"));
  EXPECT_EQ(run_kit("plain_c", "--filter none.such").status, 1);
}

}  // namespace
}  // namespace fairlead::test
