#include "plugin_fixture.hpp"
#include "support/wait.hpp"

#include <fairlead/abi.h>

#include <elf.h>
#include <sys/stat.h>

#include <chrono>
#include <cstring>

namespace fairlead::test {
namespace {

class BadPlugin : public PluginTest {
 protected:
  /// A plugin's thread goes on after its answer: what it does then is noticed a moment later.
  bool is_said(const std::string& text) {
    return wait_until(std::chrono::seconds(20), [&] { return sink_.has(text); });
  }
};

TEST_F(BadPlugin, ThatThrowsFailsItsCallWithTheText) {
  const auto backend = open("throws");
  const auto error = thrown([&] { backend->probe({}, {}); });
  EXPECT_EQ(error.status(), Status::internal);
  EXPECT_EQ(error.code(), "plugin.exception");
  EXPECT_EQ(error.message(), "the sky is falling");
}

TEST_F(BadPlugin, ThatThrowsThroughTheBoundaryFailsItsCallAndIsMarked) {
  const auto backend = open("throws_raw");
  const auto error = thrown([&] { backend->probe({}, {}); });
  EXPECT_EQ(error.status(), Status::internal);
  EXPECT_EQ(error.message(), "an exception escaped from the plugin 'test.throws_raw'");
  EXPECT_TRUE(
      sink_.has("the plugin 'test.throws_raw' is faulty: an exception escaped from its operation "
                "'probe'"));
}

TEST_F(BadPlugin, ThatNeverAnswersIsLeftBehindAfterTheDeadline) {
  grace_ = std::chrono::milliseconds(50);
  const auto backend = open("silent");
  CallOptions options;
  options.timeout = std::chrono::milliseconds(20);
  const auto error = thrown([&] { backend->probe({}, std::move(options)); });
  EXPECT_EQ(error.status(), Status::timeout);
  EXPECT_EQ(error.code(), "plugin.no_answer");
  EXPECT_EQ(error.message(),
            "the plugin 'test.silent' does not answer: its operation 'probe' was left behind 50 ms "
            "after it was cancelled");
}

TEST_F(BadPlugin, ThatAnswersTwiceIsTakenAtItsFirstWord) {
  const auto backend = open("done_twice");
  EXPECT_EQ(backend->probe({}, {}).engine, "first");
  EXPECT_TRUE(
      is_said("the plugin 'test.done_twice' is faulty: it answered its operation 'probe' twice"));
}

TEST_F(BadPlugin, ThatEmitsAfterItsAnswerIsNotHeard) {
  const auto backend = open("emit_after_done");
  std::vector<std::string> heard;
  CallOptions options;
  options.on_event = [&](const Event& event) { heard.push_back(event.output.value_or("")); };
  EXPECT_EQ(backend->probe({}, std::move(options)).engine, "chatty");
  EXPECT_TRUE(is_said(
      "the plugin 'test.emit_after_done' is faulty: it emitted an event after the end of its "
      "operation 'probe'"));
  EXPECT_EQ(heard, std::vector<std::string>{"before"});
}

TEST_F(BadPlugin, ThatIgnoresCancelIsAbandonedAndMayAnswerLate) {
  grace_ = std::chrono::milliseconds(50);
  const auto backend = open("ignores_cancel");
  std::stop_source stop;
  CallOptions options;
  options.stop = stop.get_token();
  options.on_event = [&](const Event&) { stop.request_stop(); };
  const auto error = thrown([&] { backend->probe({}, std::move(options)); });
  EXPECT_EQ(error.status(), Status::cancelled);
  EXPECT_EQ(error.code(), "plugin.no_answer");
  const auto text =
      "the plugin 'test.ignores_cancel' does not answer: its operation 'probe' was left behind 50 "
      "ms after it was cancelled";
  EXPECT_EQ(error.message(), text);
  EXPECT_TRUE(sink_.has(std::string("the plugin 'test.ignores_cancel' is faulty: ") + text));
  backend->stop({}, {});  // the abandoned one answers now; nobody listens to it
}

TEST_F(BadPlugin, OfALaterMinorVersionWorks) {
  EXPECT_EQ(open("newer_minor")->probe({}, {}).engine, "newer");
}

TEST_F(BadPlugin, ThatNeedsALaterMinorVersionIsRefused) {
  EXPECT_EQ(refusal("needs_newer"),
            unusable("needs_newer", "needs fairlead ABI 1.3 or newer, this is 1.2"));
}

TEST_F(BadPlugin, OfAnotherMajorVersionIsRefused) {
  EXPECT_EQ(refusal("newer_major"),
            unusable("newer_major", "built for ABI 2, this fairlead speaks 1"));
}

TEST_F(BadPlugin, WithAShortTableCannotDoWhatItLacks) {
  const auto backend = open("short_table");
  EXPECT_EQ(backend->probe({}, {}).engine, "old");
  const auto error = thrown([&] { backend->stop({}, {}); });
  EXPECT_EQ(error.status(), Status::unsupported);
  EXPECT_EQ(error.code(), "backend.unsupported");
  EXPECT_EQ(error.message(), "short_table cannot stop instances");
  const auto newer = thrown([&] { backend->commit({}, {}); });  // since 1.2
  EXPECT_EQ(newer.status(), Status::unsupported);
  EXPECT_EQ(newer.message(), "short_table cannot keep an instance as an image");
}

TEST_F(BadPlugin, ThatAbortsWhileLoadingIsQuarantined) {
  EXPECT_EQ(
      refusal("aborts_on_load"),
      unusable("aborts_on_load", "quarantined: it crashed while loading (signal 6, Aborted)"));
}

TEST_F(BadPlugin, WithoutAnEntryIsNoPlugin) {
  EXPECT_EQ(refusal("no_entry"),
            unusable("no_entry", "no symbol fairlead_plugin_v1: not a fairlead plugin"));
}

TEST_F(BadPlugin, ThatSendsDescriptorsNobodyAskedForLeavesNone) {
  const auto backend = open("leaks_fd");
  backend->probe({}, {});
  const auto before = open_descriptors();
  EXPECT_EQ(backend->probe({}, {}).engine, "generous");
  EXPECT_EQ(open_descriptors(), before);
}

TEST_F(BadPlugin, ThatPrintsWhileLoadingIsStillProbedRightly) {
  EXPECT_EQ(registry().check(*registry().find_backend("prints")), "");
}

TEST_F(BadPlugin, WhoseCreateFunctionMakesNothingIsRefused) {
  EXPECT_EQ(refusal("makes_nothing"),
            "The plugin 'test.makes_nothing' cannot be used: its create function made nothing");
}

using BadPluginDeathTest = BadPlugin;

TEST_F(BadPluginDeathTest, ThatCrashesIsNamedInTheLastWords) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  EXPECT_DEATH(
      {
        report_plugin_crashes();
        open("segfaults")->probe({}, {});
      },
      "fairlead: the plugin 'test.segfaults' crashed in its operation 'probe'");
}

constexpr std::string_view manifest_text = R"(
id = "test.copy"
version = "1.0.0"
abi = "1.0"
interfaces = ["fairlead.backend/1"]
backends = ["copy"]
)";

class CopiedPlugin : public PluginTest {
 protected:
  CopiedPlugin() {
    plugins_ = folder_ / "plugins";
    std::filesystem::create_directory(plugins_);
    write("plugins/copy.plugin.toml", manifest_text);
  }

  std::string open_problem() {
    PluginRegistry found({.folders = {plugins_}, .state_folder = folder_ / "state"}, Log(sink_));
    return thrown([&] { found.open_backend("copy", local_host(), {}); }).message();
  }

  std::string refused_at_search() {
    const PluginRegistry found({.folders = {plugins_}, .state_folder = folder_ / "state"},
                               Log(sink_));
    return found.entries().at(0).refusal;
  }

  std::string library() const { return plugins_ / "copy.so"; }
  std::filesystem::path plugins_;
};

TEST_F(CopiedPlugin, BuiltForAnotherMachineIsRefused) {
  Elf64_Ehdr header{};
  std::memcpy(header.e_ident, ELFMAG, SELFMAG);
  header.e_ident[EI_CLASS] = ELFCLASS64;
  header.e_ident[EI_DATA] = ELFDATA2LSB;
  header.e_type = ET_DYN;
  header.e_machine = EM_S390;
  write("plugins/copy.so", {reinterpret_cast<const char*>(&header), sizeof header});
#if defined(__x86_64__)
  EXPECT_EQ(open_problem(), "The plugin 'test.copy' (" + library() +
                                ") cannot be used: built for S/390, this machine is x86-64");
#endif
}

TEST_F(CopiedPlugin, ThatIsNoLibraryAtAllIsRefused) {
  write("plugins/copy.so", "#!/bin/sh\n");
  EXPECT_EQ(open_problem(), "The plugin 'test.copy' (" + library() +
                                ") cannot be used: not a shared library (no ELF header)");
}

TEST_F(CopiedPlugin, WhoseLibraryOthersMayWriteIsRefused) {
  write("plugins/copy.so", "x");
  ::chmod(library().c_str(), 0666);
  EXPECT_EQ(refused_at_search(), library() + " can be written by other users (mode 0666)");
  EXPECT_EQ(open_problem(), "The plugin 'test.copy' (" + library() + ") cannot be used: " +
                                library() + " can be written by other users (mode 0666)");
}

TEST_F(CopiedPlugin, InAFolderThatOthersMayWriteIsRefused) {
  write("plugins/copy.so", "x");
  ::chmod(plugins_.c_str(), 01777);
  EXPECT_EQ(refused_at_search(), plugins_.string() + " can be written by other users (mode 1777)");
}

TEST_F(CopiedPlugin, WithoutALibraryIsRefused) {
  EXPECT_EQ(refused_at_search(), "its library " + library() + " does not exist");
}

TEST_F(CopiedPlugin, WhoseManifestLiesIsRefused) {
  std::filesystem::copy_file(PluginTest::library("plain_c"), library());
  EXPECT_EQ(open_problem(),
            "The plugin 'test.copy' (" + library() +
                ") cannot be used: its library says 'test.plain_c' 1.0.0, its manifest says "
                "'test.copy' 1.0.0");
}

}  // namespace
}  // namespace fairlead::test
