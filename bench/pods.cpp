#include "pods.hpp"

#include "support/files.hpp"

#include <algorithm>
#include <cctype>

namespace fairlead::bench {
namespace {

namespace fs = std::filesystem;
using Words = std::vector<std::string>;

constexpr int rounds = 7;
constexpr int rounds_of_v1 = 3;

fs::path two_services(World& world, const std::string& name) {
  const fs::path folder = world.workspace(name);
  const auto service = "    image: " + test::base_image +
                       "\n    command: sleep infinity\n    stop_grace_period: 0s\n";
  test::write_file(
      folder / ".devcontainer/compose.yml",
      "services:\n  app:\n" + service + "    volumes:\n      - ..:/workspace\n  db:\n" + service);
  test::write_file(folder / ".devcontainer/devcontainer.json",
                   R"({"dockerComposeFile": "compose.yml", "service": "app",
                       "workspaceFolder": "/workspace"})");
  return folder;
}

std::string project_of(const fs::path& folder) {
  auto name = folder.filename().string() + "_devcontainer";
  std::erase(name, '.');
  std::ranges::transform(name, name.begin(), [](unsigned char c) { return std::tolower(c); });
  return name;
}

Words up_of(Words program, const std::string& compose, const fs::path& folder) {
  program.insert(program.end(), {"--workspace-folder", folder, "--docker-compose-path", compose});
  return program;
}

/// Takes its project away again, which is not measured.
Series fresh(World& world, std::string name, Words up, std::string compose, fs::path folder) {
  return {std::move(name),
          [&world, up = std::move(up), compose = std::move(compose), folder = std::move(folder)] {
            const auto time = world.must(up).duration;
            world.must({compose, "-f", folder / ".devcontainer/compose.yml", "-p",
                        project_of(folder), "down", "-t", "0"});
            return time;
          },
          {}};
}

Series again(World& world, std::string name, Words up) {
  return {std::move(name), [&world, up = std::move(up)] { return world.must(up).duration; }, {}};
}

Figure missing(std::string operation, std::string why) {
  Figure figure;
  figure.operation = std::move(operation);
  figure.what = "wall time";
  figure.missing = std::move(why);
  return figure;
}

void v2_figures(World& world, const std::string& compose, std::vector<Figure>& figures) {
  const std::string name = "up of two services, Compose v2";
  if (compose.empty() || world.reference.empty())
    return figures.push_back(missing(name, "no Compose v2, or no reference CLI"));
  const auto ours_folder = two_services(world, "pods-ours");
  const auto drop_in_folder = two_services(world, "pods-drop-in");
  const auto their_folder = two_services(world, "pods-theirs");
  const auto ours_up = up_of({world.fairlead, "up", "--wait"}, compose, ours_folder);
  const auto drop_in_up = up_of({world.devcontainer, "up"}, compose, drop_in_folder);
  const auto their_up = up_of({world.reference, "up"}, compose, their_folder);
  auto ours = fresh(world, name, ours_up, compose, ours_folder);
  auto drop_in = fresh(world, name, drop_in_up, compose, drop_in_folder);
  auto theirs = fresh(world, name, their_up, compose, their_folder);
  interleave({&ours, &drop_in, &theirs}, rounds);
  figures.push_back(ratio(name + ", fresh", "reference", ours, theirs, 0.5));
  figures.push_back(
      shown(ratio(name + ", fresh, as devcontainer", "reference", drop_in, theirs, 0)));
  for (const auto& up : {ours_up, drop_in_up, their_up}) world.must(up);
  auto ours_again = again(world, name, ours_up);
  auto drop_in_again = again(world, name, drop_in_up);
  auto theirs_again = again(world, name, their_up);
  interleave({&ours_again, &drop_in_again, &theirs_again}, rounds);
  figures.push_back(ratio(name + ", again", "reference", ours_again, theirs_again, 0.2));
  figures.push_back(
      shown(ratio(name + ", again, as devcontainer", "reference", drop_in_again, theirs_again, 0)));
  for (const auto& folder : {ours_folder, drop_in_folder, their_folder})
    world.must({compose, "-f", folder / ".devcontainer/compose.yml", "-p", project_of(folder),
                "down", "-t", "0"});
}

void v1_figures(World& world, const std::string& compose, std::vector<Figure>& figures) {
  const std::string name = "up of two services, Compose v1";
  if (compose.empty()) return figures.push_back(missing(name, "no docker-compose"));
  const auto folder = two_services(world, "pods-old");
  const auto bare_folder = two_services(world, "pods-bare");
  const std::string file = bare_folder / ".devcontainer/compose.yml";
  auto ours =
      fresh(world, name, up_of({world.devcontainer, "up"}, compose, folder), compose, folder);
  Series bare{name,
              [&] {
                const Words words{compose, "-f", file, "-p", project_of(bare_folder)};
                auto config = words;
                config.emplace_back("config");
                auto up = words;
                up.insert(up.end(), {"up", "-d"});
                auto down = words;
                down.insert(down.end(), {"down", "-t", "0"});
                const auto time = world.must(config).duration + world.must(up).duration;
                world.must(down);
                return time;
              },
              {}};
  interleave({&ours, &bare}, rounds_of_v1);
  figures.push_back(ratio(name + ", fresh", "config + up -d", ours, bare, 1.4));
}

}  // namespace

std::vector<Figure> compose_figures(World& world) {
  std::vector<Figure> figures;
  v2_figures(world, test::variable("FAIRLEAD_TEST_COMPOSE"), figures);
  v1_figures(world, test::variable("FAIRLEAD_TEST_COMPOSE_1"), figures);
  return figures;
}

}  // namespace fairlead::bench
