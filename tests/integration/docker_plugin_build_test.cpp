// Images built through Docker's plugin.

#include "docker_plugin_fixture.hpp"

#include <mutex>

namespace fairlead::test {
namespace {

/// Names of images have no capitals.
std::string lower(std::string text) {
  for (char& c : text) c = static_cast<char>(c >= 'A' && c <= 'Z' ? c + 32 : c);
  return text;
}

TEST_F(DockerPluginTest, BuildsWithEitherBuilder) {
  write_file(run_.below("context/Dockerfile"), "FROM " + base_image +
                                                   "\nARG WHO\nCOPY data /data\n"
                                                   "RUN echo built for $WHO > /who\n");
  write_file(run_.below("context/data"), "content");
  write_file(run_.below("context/secret.txt"), "no");
  write_file(run_.below("context/.dockerignore"), "*.txt\n");
  for (const auto builder : {Builder::classic, Builder::automatic}) {
    BuildImageRequest request;
    request.context = run_.below("context").string();
    request.dockerfile = run_.below("context/Dockerfile").string();
    request.args = {{"WHO", "you"}};
    request.labels = {{"fairlead.test", run_.id()}};
    request.tags = {"fairlead-test/built-" + lower(run_.id())};
    request.builder = builder;
    std::string output;
    std::mutex mutex;
    CallOptions options;
    options.on_event = [&](const Event& event) {
      const std::lock_guard lock(mutex);
      output += event.output.value_or("");
    };
    const auto reply = backend_->build_image(request, std::move(options));
    EXPECT_FALSE(output.empty());
    const auto image = backend_->inspect_image({request.tags.front(), ""}, {});
    EXPECT_EQ(image.id, reply.image_id) << reply.builder;
    EXPECT_EQ(image.labels.at("fairlead.test"), run_.id());
    auto wanted = sleeper();
    wanted.image = request.tags.front();
    EXPECT_EQ(shell(started(wanted), "cat /who /data").out, "built for you\ncontent");
    for (const auto& each :
         backend_->list({.labels = {"fairlead.test=" + run_.id()}}, {}).instances) {
      backend_->remove({each.id, true, true}, {});
    }
    EngineApi(variable("DOCKER_HOST")).remove_image(request.tags.front());
  }
}

TEST_F(DockerPluginTest, SaysWhyABuildFailed) {
  write_file(run_.below("context/Dockerfile"),
             "FROM " + base_image + "\nRUN echo the reason; exit 9\n");
  for (const auto builder : {Builder::classic, Builder::automatic}) {
    BuildImageRequest request;
    request.context = run_.below("context").string();
    request.dockerfile = run_.below("context/Dockerfile").string();
    request.tags = {"fairlead-test/failed-" + lower(run_.id())};
    request.builder = builder;
    std::string output;
    std::mutex mutex;
    CallOptions options;
    options.on_event = [&](const Event& event) {
      const std::lock_guard lock(mutex);
      output += event.output.value_or("");
    };
    const auto error = failure_of([&] { backend_->build_image(request, std::move(options)); });
    EXPECT_EQ(error.code(), "image.build");
    EXPECT_NE(output.find("the reason"), std::string::npos) << output;
  }
}

}  // namespace
}  // namespace fairlead::test
