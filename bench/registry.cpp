#include "registry.hpp"

#include "support/files.hpp"
#include "support/registry_server.hpp"
#include "support/target.hpp"

#include <filesystem>

namespace fairlead::bench {
namespace {

namespace fs = std::filesystem;

constexpr int asked_for = 10;
constexpr int behind_each = 2;
constexpr int rounds = 7;
constexpr int few = 3;
constexpr int built = 5;
constexpr const char* operation = "resolve 30 features";

/// Images have no capitals in their names.
std::string image_name(const World& world) {
  std::string name = "fairlead-test/bench-" + world.id();
  for (char& c : name) c = static_cast<char>(c >= 'A' && c <= 'Z' ? c + 32 : c);
  return name;
}

std::string name_of(int number) { return "f" + std::to_string(number); }

class Features {
 public:
  explicit Features(World& world)
      : world_(world),
        server_(world.run(), test::RegistryGuard::open),
        folder_(world.run().below("features")) {
    publish();
    std::string features;
    for (int i = 0; i < asked_for; ++i) features += (i == 0 ? "" : ",") + entry(i);
    test::write_file(folder_ / "project/.devcontainer/devcontainer.json",
                     R"({"image": "x", "features": {)" + features + "}}");
  }

  Series reference() {
    return {"reference", [this] { return world_.must(command(world_.reference)).duration; }, {}};
  }
  Series ours(const std::string& name, const std::string& program, bool cold) {
    return {name,
            [this, program, cold] {
              if (cold) fs::remove_all(cache_);
              return world_.must(with_cache(command(program))).duration;
            },
            {}};
  }

  /// What `up` costs when everything but the container is there.
  Series up_again(const std::string& program, std::vector<std::string> more) {
    const auto folder = project("up-" + fs::path(program).filename().string() + more.front(), 2);
    more.insert(more.begin(), {program, "up", "--workspace-folder", folder});
    return {program,
            [this, words = with_cache(more)] {
              const auto result = world_.must(words);
              world_.engine().remove_container(World::container_of(result));
              return result.duration;
            },
            {}};
  }
  /// Five features built from nothing with the classic builder.
  Series build(const std::string& program) {
    const auto folder = project("build", built);
    const std::vector<std::string> words = {program,      "build",        "--workspace-folder",
                                            folder,       "--buildkit",   "never",
                                            "--no-cache", "--image-name", image_name(world_)};
    return {program, [this, words = with_cache(words)] { return world_.must(words).duration; }, {}};
  }

 private:
  std::vector<std::string> with_cache(std::vector<std::string> words) const {
    words.insert(words.begin(), {"/usr/bin/env", "XDG_CACHE_HOME=" + cache_.string()});
    return words;
  }
  /// A workspace with the features that nobody depends on and that depend on nothing.
  std::string project(const std::string& name, int features) const {
    const auto folder = folder_ / (name + '-' + world_.id());
    std::string list;
    for (int i = 0; i < features; ++i) list += (i == 0 ? "" : ",") + entry(asked_for + i);
    test::write_file(folder / ".devcontainer/devcontainer.json",
                     R"({"image": ")" + test::base_image + R"(", "features": {)" + list + "}}");
    return folder.string();
  }
  std::string entry(int number) const {
    return '"' + server_.name() + "/acme/feats/" + name_of(number) + R"(:1": {})";
  }

  void publish() {
    for (int i = 0; i < asked_for * (1 + behind_each); ++i) {
      std::string depends;
      for (int k = 0; i < asked_for && k < behind_each; ++k) {
        depends += (k == 0 ? "" : ",") + entry(asked_for + i * behind_each + k);
      }
      const auto source = folder_ / "src" / name_of(i);
      test::write_file(source / "devcontainer-feature.json",
                       R"({"id": ")" + name_of(i) +
                           R"(", "version": "1.0.0", "name": "A feature",)"
                           R"( "dependsOn": {)" +
                           depends + "}}");
      test::write_file(source / "install.sh", "#!/bin/sh\n");
    }
    world_.must({world_.devcontainer, "features", "publish", "--registry", server_.name(),
                 "--namespace", "acme/feats", (folder_ / "src").string()});
  }

  std::vector<std::string> command(const std::string& program) const {
    return {program, "features", "resolve-dependencies", "--workspace-folder",
            (folder_ / "project").string()};
  }

  World& world_;
  test::RegistryServer server_;
  fs::path folder_;
  fs::path cache_ = folder_ / "cache";
};

Figure not_measured(const char* why) {
  Figure figure;
  figure.operation = operation;
  figure.what = "wall time / reference";
  figure.missing = why;
  return figure;
}

}  // namespace

std::vector<Figure> registry_figures(World& world) {
  if (world.reference.empty()) return {not_measured("the reference CLI is not here")};
  if (!test::RegistryServer::installed()) return {not_measured("docker-registry is not here")};
  Features features(world);
  auto cold = features.ours("cold", world.fairlead, true);
  auto warm = features.ours("warm", world.fairlead, false);
  // By that name each tag is asked for again, as the reference does: two rounds of requests remain.
  auto asking = features.ours("asking", world.devcontainer, false);
  auto reference = features.reference();
  interleave({&cold, &warm, &asking, &reference}, rounds);
  auto up = features.up_again(world.fairlead, {"--wait", "--buildkit", "never"});
  auto drop_in_up = features.up_again(world.devcontainer, {"--buildkit", "never"});
  auto their_up = features.up_again(world.reference, {"--buildkit", "never"});
  // The first makes the image.
  for (auto* series : {&up, &drop_in_up, &their_up}) series->measure();
  interleave({&up, &drop_in_up, &their_up}, few);
  auto build = features.build(world.devcontainer);
  auto their_build = features.build(world.reference);
  interleave({&build, &their_build}, few);
  world.engine().remove_image(image_name(world));
  const std::string name = operation;
  return {ratio(name + ", cold", "reference", cold, reference, 1.0 / 4),
          ratio(name + ", warm", "reference", warm, reference, 1.0 / 20),
          ratio(name + ", warm, as devcontainer", "reference", asking, reference, 1.0 / 4),
          ratio("up, 2 features, container removed", "reference", up, their_up, 1.0 / 3),
          shown(ratio("the same, as devcontainer", "reference", drop_in_up, their_up, 0)),
          ratio("build, 5 features, no cache", "reference", build, their_build, 1.0)};
}

}  // namespace fairlead::bench
