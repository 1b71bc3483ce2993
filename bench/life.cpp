#include "life.hpp"

#include "support/files.hpp"

#include <functional>

namespace fairlead::bench {
namespace {

namespace fs = std::filesystem;

constexpr int rounds = 5;

constexpr const char* with_feature = R"({"features": {"./f": {}},
  "onCreateCommand": "echo one >/one", "postCreateCommand": "echo two >/two", "image": ")";

fs::path feature_workspace(World& world, const std::string& name) {
  const fs::path folder = world.workspace(name);
  test::write_file(folder / ".devcontainer/devcontainer.json",
                   with_feature + test::base_image + "\"}\n");
  test::write_file(folder / ".devcontainer/f/devcontainer-feature.json",
                   R"({"id": "f", "version": "1.0.0", "name": "F"})");
  test::write_file(folder / ".devcontainer/f/install.sh", "#!/bin/sh\necho made > /made\n");
  return folder;
}

/// One entry of ten sleeps five seconds, the others less.
fs::path ten_commands(World& world) {
  const fs::path folder = world.workspace("ten");
  std::string entries;
  for (int i = 0; i < 10; ++i) {
    entries += (i > 0 ? ", " : "") + ('"' + std::to_string(i)) + R"(": "sleep )" +
               (i == 0 ? "5" : "1") + '"';
  }
  test::write_file(
      folder / ".devcontainer/devcontainer.json",
      R"({"image": ")" + test::base_image + R"(", "postCreateCommand": {)" + entries + "}}\n");
  return folder;
}

/// `up` and then, not measured, `check` with the container's id, which is removed.
Series fresh(World& world, const std::string& name, std::vector<std::string> argv,
             std::function<void(const std::string&)> check = {}) {
  return {name,
          [&world, argv = std::move(argv), check = std::move(check)] {
            const auto result = world.must(argv);
            const auto container = World::container_of(result);
            if (check) check(container);
            world.engine().remove_container(container);
            return result.duration;
          },
          {}};
}

/// Both commands have run by the time that `up` ends, or the figure compares nothing.
void require_both(World& world, const std::string& container) {
  world.must({world.docker, "exec", container, "test", "-e", "/one", "-a", "-e", "/two"});
}

}  // namespace

std::vector<Figure> life_figures(World& world) {
  std::vector<Figure> figures;
  const std::string name = "up fresh, a cached feature, two hooks";
  const auto both = [&world](const std::string& container) { require_both(world, container); };
  auto ours = fresh(world, name,
                    {world.fairlead, "up", "--wait", "--workspace-folder",
                     feature_workspace(world, "feature-ours")},
                    both);
  auto drop_in = fresh(
      world, name,
      {world.devcontainer, "up", "--workspace-folder", feature_workspace(world, "feature-drop-in")},
      both);
  for (auto* series : {&ours, &drop_in}) series->measure();  // from now on the image is there
  if (world.reference.empty()) {
    Figure missing;
    missing.operation = name;
    missing.what = "wall time / reference";
    missing.missing = "the reference CLI is not here";
    figures.push_back(std::move(missing));
  } else {
    auto theirs = fresh(world, name,
                        {world.reference, "up", "--buildkit", "never", "--workspace-folder",
                         feature_workspace(world, "feature-theirs")},
                        both);
    theirs.measure();
    interleave({&ours, &drop_in, &theirs}, rounds);
    figures.push_back(ratio(name, "reference", ours, theirs, 1.0 / 3));
    figures.push_back(shown(ratio(name + ", as devcontainer", "reference", drop_in, theirs, 0)));
  }
  auto ten = fresh(world, "ten",
                   {world.fairlead, "up", "--wait", "--workspace-folder", ten_commands(world)});
  interleave({&ten}, 3);
  Figure figure;
  figure.operation = "up fresh, ten commands side by side, the longest 5 s";
  figure.what = "wall time";
  figure.value = static_cast<double>(ten.minimum().count()) / 1e6;
  figure.median = static_cast<double>(ten.median().count()) / 1e6;
  figure.limit = 5.5;
  figure.unit = "s";
  figures.push_back(std::move(figure));
  return figures;
}

}  // namespace fairlead::bench
