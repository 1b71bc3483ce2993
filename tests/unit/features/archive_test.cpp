#include "features/archive.hpp"

#include <fairlead/error.hpp>

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>

namespace fairlead {
namespace {

namespace fs = std::filesystem;

/// One entry of a hand-made tar, so that it may be as hostile as it likes.
std::string entry(const std::string& path, char type = '0', const std::string& content = {},
                  const std::string& link = {}, unsigned mode = 0644) {
  std::string head(512, '\0');
  const auto put = [&head](std::size_t at, const std::string& text) {
    head.replace(at, text.size(), text);
  };
  std::array<char, 16> octal{};
  put(0, path);
  std::snprintf(octal.data(), octal.size(), "%07o", mode);
  put(100, octal.data());
  put(108, "0000000");
  put(116, "0000000");
  std::snprintf(octal.data(), octal.size(), "%011zo", content.size());
  put(124, octal.data());
  put(136, "00000000000");
  put(148, "        ");
  head[156] = type;
  put(157, link);
  put(257, std::string("ustar\00000", 8));
  unsigned sum = 0;
  for (const char c : head) sum += static_cast<unsigned char>(c);
  std::snprintf(octal.data(), octal.size(), "%06o", sum);
  put(148, octal.data());
  return head + content + std::string((512 - content.size() % 512) % 512, '\0');
}

class Archive : public ::testing::Test {
 protected:
  Archive() : root_(fs::temp_directory_path() / ("fl-archive-" + std::to_string(::getpid()))) {
    fs::create_directories(root_);
  }
  ~Archive() override { fs::remove_all(root_); }

  std::vector<std::string> extract(const std::string& tar, const ArchiveLimits& limits = {}) {
    std::ofstream(root_ / "a.tar", std::ios::binary) << tar << std::string(1024, '\0');
    fs::remove_all(root_ / "out");
    return extract_archive(root_ / "a.tar", root_ / "out", limits, {});
  }
  std::string code_of(const std::string& tar, const ArchiveLimits& limits = {}) {
    try {
      extract(tar, limits);
    } catch (const Error& error) {
      return error.code();
    }
    return {};
  }
  std::string content(const fs::path& path) const {
    std::ostringstream text;
    text << std::ifstream(root_ / path).rdbuf();
    return text.str();
  }
  unsigned mode(const fs::path& path) const {
    struct stat info {};
    return ::lstat((root_ / path).c_str(), &info) == 0 ? info.st_mode & 07777U : 0U;
  }

  fs::path root_;
};

TEST_F(Archive, IsUnpacked) {
  const auto files =
      extract(entry("./", '5') + entry("./install.sh", '0', "run", "", 0755) + entry("lib/", '5') +
              entry("lib/x", '0', "x", "", 0600) + entry("y", '2', "", "lib/x") +
              entry("z", '1', "", "lib/x") + entry("no/folder/entry", '0', "w"));
  EXPECT_EQ(files, (std::vector<std::string>{"install.sh", "lib/x", "y", "z", "no/folder/entry"}));
  EXPECT_EQ(content("out/install.sh"), "run");
  EXPECT_EQ(mode("out/install.sh"), 0755U);
  EXPECT_EQ(mode("out/lib/x"), 0644U);
  EXPECT_EQ(content("out/y"), "x");
  EXPECT_EQ(content("out/z"), "x");
  EXPECT_EQ(content("out/no/folder/entry"), "w");
}

// SEC-007
TEST_F(Archive, WritesNothingOutside) {
  const fs::path outside = root_ / "outside";
  for (const auto& tar :
       {entry("../outside", '0', "x"), entry("a/../../outside", '0', "x"),
        entry(outside.string(), '0', "x"), entry("/", '5') + entry("//x", '0', "x"),
        entry("l", '2', "", root_.string()), entry("l", '2', "", "../outside"),
        entry("d/l", '2', "", "../../outside"), entry("l", '2', "", "..") + entry("l/outside"),
        entry("h", '1', "", "../a.tar"), entry("h", '1', "", "/etc/passwd"), entry("l", '2'),
        // The same link means something else in another folder.
        entry("d/", '5') + entry("d/l", '2', "", "..") + entry("h", '1', "", "d/l"),
        // Each by itself stays inside, together they do not.
        entry("d/", '5') + entry("d/e/", '5') + entry("d/e/up", '2', "", "../..") +
            entry("out", '2', "", "d/e/up/..")}) {
    EXPECT_EQ(code_of(tar), "archive.unsafe");
    EXPECT_FALSE(fs::exists(outside));
  }
  // Through a link that leads to a folder inside.
  EXPECT_EQ(code_of(entry("d/", '5') + entry("l", '2', "", "d") + entry("l/x", '0', "x")),
            "archive.unsafe");
  // A link in a circle.
  EXPECT_EQ(code_of(entry("a", '2', "", "b") + entry("b", '2', "", "a")), "archive.unsafe");
  // A hard link does not carry a write to what it stands for.
  extract(entry("a", '0', "1") + entry("b", '1', "", "a") + entry("b", '0', "2"));
  EXPECT_EQ(content("out/a"), "1");
}

TEST_F(Archive, HoldsNoDevicesAndNoRights) {
  for (const char type : {'3', '4', '6'}) EXPECT_EQ(code_of(entry("d", type)), "archive.unsafe");
  extract(entry("a", '0', "x", "", 06755));
  EXPECT_EQ(mode("out/a"), 0755U);
  extract(entry("a", '0', "x", "", 02666));
  EXPECT_EQ(mode("out/a"), 0644U);
}

TEST_F(Archive, HasLimits) {
  std::string many;
  for (int i = 0; i < 50; ++i) many += entry("f" + std::to_string(i));
  EXPECT_EQ(code_of(many, {.entries = 49}), "archive.too_large");
  EXPECT_EQ(code_of(many, {.entries = 50}), "");
  EXPECT_EQ(code_of(entry("a", '0', std::string(5000, 'x')), {.total_bytes = 4999}),
            "archive.too_large");
  // A bomb: 80 MiB of zeros in 80 KiB.
  const auto bomb = (root_ / "bomb").string();
  const auto command = "head -c 83886080 /dev/zero >" + bomb + ".0 && tar -C " + root_.string() +
                       " -czf " + bomb + " bomb.0 && rm " + bomb + ".0";
  ASSERT_EQ(std::system(command.c_str()), 0);
  EXPECT_THROW(extract_archive(bomb, root_ / "out", {}, {}), Error);
}

TEST_F(Archive, OfAHundredThousandEntriesIsRefused) {
  std::string many;  // folders, because each file waits for the disk
  for (int i = 0; i < 100'000; ++i) many += entry("f" + std::to_string(i), '5');
  EXPECT_EQ(code_of(many), "archive.too_large");
}

TEST_F(Archive, MustBeAnArchive) {
  EXPECT_EQ(code_of(std::string(2000, 'x')), "archive.format");
  EXPECT_EQ(code_of(entry("a", '0', std::string(5000, 'x')).substr(0, 1000)), "archive.format");
  std::stop_source stop;
  stop.request_stop();
  std::ofstream(root_ / "b.tar") << entry("a");
  EXPECT_THROW(extract_archive(root_ / "b.tar", root_ / "out", {}, stop.get_token()), Error);
}

TEST_F(Archive, IsTheSameForTheSameFolder) {
  for (const auto* name : {"one", "two"}) {
    fs::create_directories(root_ / name / "sub");
    std::ofstream(root_ / name / "b.sh") << "b";
    fs::permissions(root_ / name / "b.sh", static_cast<fs::perms>(name[0] == 'o' ? 0700 : 0777));
    std::ofstream(root_ / name / "sub/a") << std::string(100'000, 'a');
    std::ofstream(root_ / name / ("long" + std::string(150, 'n'))) << "";
    fs::create_symlink("b.sh", root_ / name / "l");
  }
  const auto tar = make_archive(root_ / "one", {});
  EXPECT_EQ(tar, make_archive(root_ / "two", {}));
  EXPECT_EQ(tar.substr(0, 3), std::string("./\0", 3));
  const auto files = extract(tar);
  EXPECT_EQ(files.size(), 4U);
  EXPECT_EQ(mode("out/b.sh"), 0755U);
  EXPECT_EQ(fs::read_symlink(root_ / "out/l"), "b.sh");
  ASSERT_EQ(::mkfifo((root_ / "one/pipe").c_str(), 0600), 0);
  EXPECT_THROW(make_archive(root_ / "one", {}), Error);
}

}  // namespace
}  // namespace fairlead
