// `relay pack` and `relay unpack`, with tar at the other end.

#include "relay_fixture.hpp"

#include <sys/stat.h>

#include <array>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

namespace fairlead::ports::test {
namespace {

namespace fs = std::filesystem;

class RelayArchiveTest : public ::testing::Test {
 protected:
  RelayArchiveTest() {
    std::string name = ::testing::TempDir() + "relay-archive-XXXXXX";
    folder_ = ::mkdtemp(name.data());
    fs::create_directories(folder_ / "from");
    fs::create_directories(folder_ / "to");
  }
  ~RelayArchiveTest() override { fs::remove_all(folder_); }

  /// With $R as the relay; its status.
  int shell(const std::string& script) const {
    const auto command = "cd " + folder_.string() + " && R='" + RelayProcess::program() + "'; { " +
                         script + "; } >out 2>err";
    const int status = std::system(command.c_str());
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  }
  std::string text(const std::string& name) const {
    std::ostringstream out;
    out << std::ifstream(folder_ / name).rdbuf();
    return out.str();
  }
  void fill() const {
    const std::string deep = "from/d/" + std::string(90, 'x') + '/' + std::string(90, 'y');
    ASSERT_EQ(shell("mkdir -p " + deep + " && echo deep >" + deep +
                    "/file && echo run >from/run && "
                    "chmod 4751 from/run && ln -s run from/link && ln -s " +
                    std::string(150, 'z') +
                    " from/long-link && ln from/run from/d/hard && touch -d @12345 from/old && "
                    "mkfifo from/fifo && : >from/empty && chmod 700 from/d && "
                    "head -c 3000000 /dev/urandom >from/large"),
              0)
        << text("err");
  }
  static constexpr const char* listing =
      "(cd $1 && find . -not -type p | sort | while read -r f; do stat -c '%n %A %u %g' \"$f\"; "
      "[ -L \"$f\" ] && readlink \"$f\"; [ -f \"$f\" ] && cksum \"$f\" && stat -c %Y \"$f\"; "
      "done; true)";
  std::string list(const std::string& folder) const {
    EXPECT_EQ(shell("set -- " + folder + "; " + listing), 0);
    return text("out");
  }

  fs::path folder_;
};

TEST_F(RelayArchiveTest, UnpacksWhatTarPacks) {
  fill();
  const auto before = list("from");
  for (const char* format : {"gnu", "posix", "ustar"}) {
    const std::string skip = format == std::string("ustar") ? " --exclude=long-link" : "";
    ASSERT_EQ(shell("rm -rf to && mkdir to && tar -C from --format=" + std::string(format) + skip +
                    " -cf - . | \"$R\" unpack to"),
              0)
        << format << text("err");
    if (!skip.empty()) continue;
    EXPECT_EQ(list("to"), before) << format;
  }
  // Over what is there, once more.
  EXPECT_EQ(shell("tar -C from -cf - . | \"$R\" unpack to"), 0) << text("err");
  EXPECT_EQ(list("to"), before);
}

TEST_F(RelayArchiveTest, PacksWhatTarUnpacks) {
  fill();
  EXPECT_EQ(shell("\"$R\" pack from | tar -C to -xpf - --same-owner"), 0) << text("err");
  EXPECT_EQ(list("to/from"), list("from"));
  EXPECT_EQ(shell("\"$R\" pack from/run/ | tar -tf -"), 0) << text("err");
  EXPECT_EQ(text("out"), "run\n");
}

TEST_F(RelayArchiveTest, LeadsNowhereElse) {
  ASSERT_EQ(shell("echo evil >evil && mkdir -p to/in outside"), 0);
  EXPECT_EQ(shell("tar -P -cf - --transform='s,evil,in/../../outside/a,' evil | \"$R\" unpack to"),
            1);
  EXPECT_EQ(shell("tar -P -cf - --transform='s,evil,/b,' evil | \"$R\" unpack to"), 0);
  EXPECT_TRUE(fs::exists(folder_ / "to/b"));  // an absolute name is one below the folder
  // A link that the archive has made itself, and then a file "through" it.
  ASSERT_EQ(shell("ln -s ../outside way && tar -cf one.tar way && rm way && mkdir way && "
                  "echo x >way/c && tar -cf two.tar way/c && tar -Af one.tar two.tar"),
            0)
      << text("err");
  EXPECT_EQ(shell("\"$R\" unpack to <one.tar"), 1);
  EXPECT_TRUE(fs::is_empty(folder_ / "outside"));
}

/// One entry as POSIX writes it, its data padded.
std::string entry(char type, const std::string& name, const std::string& data,
                  const std::string& link = {}) {
  std::string block(512, '\0');
  std::array<char, 13> size{};
  std::snprintf(size.data(), size.size(), "%011zo", data.size());
  block.replace(0, name.size(), name);
  block.replace(100, 7, "0000644");
  block.replace(124, 11, size.data());
  block.replace(136, 11, "00000000001");
  block.replace(148, 8, "        ");
  block[156] = type;
  block.replace(157, link.size(), link);
  block.replace(257, 5, "ustar");
  block.replace(263, 2, "00");
  unsigned sum = 0;
  for (const char c : block) sum += static_cast<unsigned char>(c);
  std::snprintf(size.data(), size.size(), "%06o", sum);
  block.replace(148, 7, std::string(size.data()) + '\0');
  return block + data + std::string((512 - data.size() % 512) % 512, '\0');
}

TEST_F(RelayArchiveTest, TakesHardLinksWithTheirDataOnceMore) {
  const std::string records = "13 comment=x\n";
  std::ofstream(folder_ / "posix.tar", std::ios::binary)
      << entry('0', "a", "first\n") << entry('x', "records", records)
      << entry('1', "b", "first\n", "a") << entry('x', "records", records)
      << entry('1', "c", "third\n", "not/in/the/archive") << entry('0', "d", "last\n");
  EXPECT_EQ(shell("\"$R\" unpack to <posix.tar"), 0) << text("err");
  EXPECT_EQ(text("to/a") + text("to/b") + text("to/c") + text("to/d"),
            "first\nfirst\nthird\nlast\n");
  EXPECT_TRUE(fs::equivalent(folder_ / "to/a", folder_ / "to/b"));
  // Older archives have a size there, and no data.
  auto link = entry('1', "e", std::string(512, 'x'), "a");
  link.resize(512);
  std::ofstream(folder_ / "old.tar", std::ios::binary)
      << entry('0', "a", "first\n") << link << entry('0', "d", "last\n");
  EXPECT_EQ(shell("\"$R\" unpack to <old.tar"), 0) << text("err");
  EXPECT_TRUE(fs::equivalent(folder_ / "to/a", folder_ / "to/e"));
}

TEST_F(RelayArchiveTest, SaysWhatIsWrong) {
  EXPECT_EQ(shell("head -c 2000 /dev/urandom | \"$R\" unpack to"), 1);
  EXPECT_EQ(text("err"), "archive: This is no archive, or it is cut off\n");
  EXPECT_EQ(
      shell("head -c 9000 /dev/zero >from/f; tar -cf - from | head -c 4000 | \"$R\" unpack to"), 1);
  EXPECT_NE(text("err").find("cut off"), std::string::npos) << text("err");
  EXPECT_EQ(shell("\"$R\" unpack nowhere </dev/null"), 1);
  EXPECT_EQ(text("err"), "nowhere: No such file or directory\n");
  EXPECT_EQ(shell("\"$R\" pack nowhere"), 1);
  EXPECT_EQ(shell("\"$R\" pack from >/dev/full"), 1);
  EXPECT_EQ(shell("\"$R\" unpack to </dev/null"), 0);  // nothing is an archive of nothing
}

}  // namespace
}  // namespace fairlead::ports::test
