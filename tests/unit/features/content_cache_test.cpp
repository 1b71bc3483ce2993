#include "features/content_cache.hpp"

#include "features/archive.hpp"
#include "features/cache_maintenance.hpp"

#include <fairlead/error.hpp>

#include <gtest/gtest.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>

namespace fairlead {
namespace {

namespace fs = std::filesystem;

class Cache : public ::testing::Test {
 protected:
  Cache() : root_(fs::temp_directory_path() / ("fl-cache-" + std::to_string(::getpid()))) {
    fs::create_directories(root_);
  }
  ~Cache() override { fs::remove_all(root_); }

  fs::path folder() const { return root_ / "content"; }
  static std::string digest_of(std::string_view text) { return "sha256:" + sha256_hex(text); }
  static std::string content(const fs::path& path) {
    std::ostringstream text;
    text << std::ifstream(path).rdbuf();
    return text.str();
  }
  std::size_t blobs() const {
    std::error_code none;
    std::size_t count = 0;
    for (auto at = fs::directory_iterator(folder() / "blobs", none); at != fs::directory_iterator();
         ++at) {
      ++count;
    }
    return count;
  }
  /// Runs `work` in a child, which says one byte when `work` calls its argument; then it waits to
  /// be killed. Returns when the byte has come.
  template <class Work>
  pid_t child(const Work& work) {
    std::array<int, 2> pipe{};
    EXPECT_EQ(::pipe(pipe.data()), 0);
    const pid_t pid = ::fork();
    if (pid == 0) {
      work();
      [[maybe_unused]] const auto said = ::write(pipe[1], "x", 1);
      for (;;) ::pause();
    }
    ::close(pipe[1]);
    char byte = 0;
    EXPECT_EQ(::read(pipe[0], &byte, 1), 1);
    ::close(pipe[0]);
    return pid;
  }
  static void kill(pid_t pid) {
    ::kill(pid, SIGKILL);
    ::waitpid(pid, nullptr, 0);
  }

  fs::path root_;
};

TEST_F(Cache, GivesBackWhatWasStored) {
  ContentCache cache(folder());
  EXPECT_EQ(cache.read(digest_of("a")), std::nullopt);
  EXPECT_EQ(cache.store("a"), digest_of("a"));
  EXPECT_EQ(cache.read(digest_of("a")), "a");
  EXPECT_EQ(content(cache.find(digest_of("a")).value()), "a");
  cache.remember("r.test/a:1", digest_of("a"));
  cache.remember("r.test/a:1", digest_of("b"));
  EXPECT_EQ(cache.digest_of("r.test/a:1"), digest_of("b"));
  EXPECT_EQ(cache.digest_of("r.test/a:2"), std::nullopt);
}

TEST_F(Cache, KnowsWhenANameWasAskedFor) {
  using std::chrono::seconds;
  ContentCache cache(folder());
  const auto digest = digest_of("a");
  cache.remember("r.test/a:1", digest);
  EXPECT_EQ(cache.digest_of("r.test/a:1", seconds(3600)), digest);
  EXPECT_EQ(cache.digest_of("r.test/a:1", seconds(0)), std::nullopt);
  for (const auto hours : {-2, 2}) {  // long ago, and by a clock that was wrong
    for (const auto& file : fs::directory_iterator(folder() / "names")) {
      fs::last_write_time(file.path(),
                          fs::file_time_type::clock::now() + std::chrono::hours(hours));
    }
    EXPECT_EQ(cache.digest_of("r.test/a:1", seconds(3600)), std::nullopt);
    EXPECT_EQ(cache.digest_of("r.test/a:1"), digest);
  }
  cache.remember("r.test/a:1", digest);  // asked again
  EXPECT_EQ(cache.digest_of("r.test/a:1", seconds(3600)), digest);
  cache.remember("r.test/b:1", digest, /*asked=*/false);  // came from another machine
  EXPECT_EQ(cache.digest_of("r.test/b:1", seconds(3600)), std::nullopt);
  EXPECT_EQ(cache.digest_of("r.test/b:1"), digest);
  cache.forget("r.test/a:1");
  EXPECT_EQ(cache.digest_of("r.test/a:1"), std::nullopt);
}

TEST_F(Cache, NeverGivesOutDamage) {
  ContentCache cache(folder());
  std::ofstream(cache.find(cache.store("abc")).value()) << "abd";
  EXPECT_EQ(cache.read(digest_of("abc")), std::nullopt);
  EXPECT_FALSE(cache.find(digest_of("abc")));
  // Neither from an archive.
  fs::create_directories(root_ / "f");
  std::ofstream(root_ / "f/install.sh") << "x";
  const auto digest = cache.store(make_archive(root_ / "f", {}));
  std::ofstream(cache.find(digest).value(), std::ios::app) << "y";
  EXPECT_THROW(cache.unpacked(digest, {}), Error);
  EXPECT_THROW(cache.unpacked(digest, {}), Error);
  EXPECT_FALSE(fs::exists(folder() / "trees"));
  // A name file that was cut short says nothing.
  cache.remember("n", digest);
  for (const auto& entry : fs::directory_iterator(folder() / "names")) {
    fs::resize_file(entry.path(), 20);
  }
  EXPECT_EQ(cache.digest_of("n"), std::nullopt);
}

TEST_F(Cache, KeepsADownloadOnlyWhenItIsRight) {
  ContentCache cache(folder());
  auto wrong = cache.download(digest_of("hello"), {});
  wrong.write("hellx");
  EXPECT_THROW(wrong.finish(digest_of("hello"), "it"), Error);
  EXPECT_EQ(blobs(), 0U);
  {
    auto half = cache.download(digest_of("world"), {});
    half.write("wor");
  }
  auto rest = cache.download(digest_of("world"), {});
  EXPECT_EQ(rest.offset(), 3U);
  rest.write("ld");
  EXPECT_EQ(rest.finish(digest_of("world"), "it"), digest_of("world"));
  EXPECT_EQ(content(cache.find(digest_of("world")).value()), "world");
}

TEST_F(Cache, GoesOnWhereAKilledProcessWas) {
  const auto digest = digest_of("hello world");
  const pid_t other = child([&] {
    static ContentCache cache(folder());
    static auto download = cache.download(digest, {});
    download.write("hello");
  });
  ContentCache cache(folder());
  // It holds the lock as long as it lives.
  EXPECT_FALSE(FileLock::try_acquire(folder() / "partial" / (digest.substr(7) + ".lock"),
                                     LockMode::exclusive));
  EXPECT_FALSE(cache.find(digest));
  kill(other);
  auto download = cache.download(digest, {});
  EXPECT_EQ(download.offset(), 5U);
  download.write(" world");
  EXPECT_EQ(download.finish(digest, "it"), digest);
}

TEST_F(Cache, UnpacksOnce) {
  fs::create_directories(root_ / "f/sub");
  std::ofstream(root_ / "f/sub/x") << "x";
  ContentCache cache(folder());
  const auto digest = cache.store(make_archive(root_ / "f", {}));
  const auto tree = cache.unpacked(digest, {});
  EXPECT_EQ(content(tree / "sub/x"), "x");
  fs::remove(cache.find(digest).value());
  EXPECT_EQ(cache.unpacked(digest, {}), tree);  // it needs nothing any more
  EXPECT_THROW(cache.unpacked(digest_of("none"), {}), Error);
}

TEST_F(Cache, SaysThatTheDiskIsFull) {
  if (::geteuid() != 0) GTEST_SKIP() << "a small disk needs root";
  fs::create_directories(folder());
  // In a child: the mount is its own.
  const pid_t pid = ::fork();
  if (pid == 0) {
    if (::unshare(CLONE_NEWNS) != 0 ||
        ::mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0 ||
        ::mount("small", folder().c_str(), "tmpfs", 0, "size=64k") != 0) {
      ::_exit(77);
    }
    int result = 1;
    try {
      ContentCache cache(folder());
      auto download = cache.download("x", {});
      for (int i = 0; i < 100; ++i) download.write(std::string(4096, 'x'));
    } catch (const Error& error) {
      const bool said = error.message().find("No space left") != std::string::npos;
      result = error.code() == "cache.write" && said && blobs() == 0 ? 0 : 2;
    }
    ::_exit(result);
  }
  int status = 0;
  ::waitpid(pid, &status, 0);
  ASSERT_TRUE(WIFEXITED(status));
  EXPECT_TRUE(WEXITSTATUS(status) == 0 || WEXITSTATUS(status) == 77) << WEXITSTATUS(status);
}

/// A cache with one feature's manifest and archive under a name, and one archive without a name.
class FilledCache : public Cache {
 protected:
  FilledCache() {
    ContentCache cache(folder());
    const auto layer = cache.store("archive");
    const auto manifest =
        cache.store(R"({"config":{"digest":")" + digest_of("{}") +
                    R"(","size":2},"layers":[{"digest":")" + layer + R"(","size":7}]})");
    cache.remember("r.test/a:1", manifest);
    cache.store("stray");
  }
};

TEST_F(FilledCache, IsListed) {
  const auto report = report_cache(folder());
  ASSERT_EQ(report.entries.size(), 3U);
  const std::vector<std::string> named = {"r.test/a:1"};
  EXPECT_EQ(report.entries[0].names, named);  // the manifest is the largest
  EXPECT_EQ(report.entries[1].digest, digest_of("archive"));
  EXPECT_EQ(report.entries[1].names, named);
  EXPECT_TRUE(report.entries[2].names.empty());
  EXPECT_GT(report.entries[0].used_ms, 1'000'000'000'000);
  EXPECT_TRUE(report_cache(root_ / "none").entries.empty());
}

TEST_F(FilledCache, IsPruned) {
  std::ofstream(folder() / "partial/left") << "123";
  EXPECT_EQ(prune_cache(folder(), 30, {}), 3U);
  EXPECT_EQ(blobs(), 3U);
  {
    ContentCache user(folder());
    user.find(digest_of("archive"));
    EXPECT_THROW(prune_cache(folder(), 0, {.timeout = std::chrono::milliseconds(20)}), Error);
  }
  EXPECT_GT(prune_cache(folder(), 0, {}), 0U);
  EXPECT_TRUE(report_cache(folder()).entries.empty());
  EXPECT_FALSE(ContentCache(folder()).digest_of("r.test/a:1"));
}

TEST_F(FilledCache, MovesToAnotherMachine) {
  const auto file = root_ / "export.tar";
  const std::vector<std::string> named = {"r.test/a:1"};
  EXPECT_EQ(export_cache(folder(), file, named, {}), named);
  EXPECT_EQ(import_cache(root_ / "there", file, {}), named);
  ContentCache there(root_ / "there");
  EXPECT_EQ(there.digest_of("r.test/a:1"), ContentCache(folder()).digest_of("r.test/a:1"));
  EXPECT_EQ(there.read(digest_of("archive")), "archive");
  EXPECT_FALSE(there.find(digest_of("stray")));
  EXPECT_THROW(export_cache(folder(), file, {"r.test/b:1"}, {}), Error);
}

TEST_F(FilledCache, IsNotExportedByHalves) {
  const auto file = root_ / "folder" / "export.tar";
  EXPECT_THROW(export_cache(folder(), file, {}, {}), Error);  // no such folder
  fs::create_directories(file);                               // a folder is in its place
  EXPECT_THROW(export_cache(folder(), file, {}, {}), Error);
  EXPECT_EQ(std::distance(fs::directory_iterator(root_ / "folder"), fs::directory_iterator()), 1);
}

TEST_F(FilledCache, IsNotFooledByAnImport) {
  const auto forged = root_ / "forged";
  fs::create_directories(forged / "blobs");
  fs::create_directories(forged / "names");
  std::ofstream(forged / "blobs" / sha256_hex("good")) << "evil";
  std::ofstream(root_ / "forged.tar") << make_archive(forged, {});
  EXPECT_THROW(import_cache(folder(), root_ / "forged.tar", {}), Error);
  EXPECT_FALSE(ContentCache(folder()).find(digest_of("good")));
}

}  // namespace
}  // namespace fairlead
