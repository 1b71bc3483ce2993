#include "registry.hpp"

#include "support/files.hpp"
#include "support/registry_server.hpp"

#include <filesystem>

namespace fairlead::bench {
namespace {

namespace fs = std::filesystem;

constexpr int asked_for = 10;
constexpr int behind_each = 2;
constexpr int rounds = 7;
constexpr const char* operation = "resolve 30 features";

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
  Series ours(const std::string& name, bool cold) {
    return {name,
            [this, cold] {
              if (cold) fs::remove_all(cache_);
              auto words = command(world_.devcontainer);
              words.insert(words.begin(), {"/usr/bin/env", "XDG_CACHE_HOME=" + cache_.string()});
              return world_.must(words).duration;
            },
            {}};
  }

 private:
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
    world_.must({world_.reference, "features", "publish", "--registry", server_.name(),
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
  auto cold = features.ours("cold", true);
  auto warm = features.ours("warm", false);
  auto reference = features.reference();
  interleave({&cold, &warm, &reference}, rounds);
  return {ratio(std::string(operation) + ", cold", "reference", cold, reference, 1.0 / 4),
          ratio(std::string(operation) + ", warm", "reference", warm, reference, 1.0 / 20)};
}

}  // namespace fairlead::bench
