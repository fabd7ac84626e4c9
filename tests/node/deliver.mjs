// Delivers two events to the address and key given: node deliver.mjs URL KEY
import { Analytics } from "@segment/analytics-node";

const [, , host, writeKey] = process.argv;
const analytics = new Analytics({ writeKey, host });
analytics.on("error", (error) => {
  console.error(error);
  process.exitCode = 1;
});
analytics.identify({ userId: "20871", traits: { email: "ayse.yilmaz@ornek.example" } });
analytics.track({ userId: "20871", event: "Order Completed", properties: { order_id: "10482" } });
await analytics.closeAndFlush();
